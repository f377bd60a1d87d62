import Glibc

/// The answers of a real server to a scenario, as they were written down; a test without a cluster compares with them.
package struct Recording: Sendable {
    private let path: String

    package init(_ performance: Performance) {
        path = "\(Self.folder)/\(performance.description).jsonl"
    }

    private static let folder: String = {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        // Tests/Support/ConformanceTesting/Answers/Recording.swift
        return parts.dropLast(5).joined(separator: "/") + "/Tests/KubernetesClientTests/Fixtures/scenarios"
    }()

    package struct Missing: Error, CustomStringConvertible {
        package let description: String
    }

    package func read() throws -> [JSONLine] { try JSONLine.read(try Self.bytes(path)) }

    static func text(_ name: String) throws -> String {
        String(decoding: try bytes("\(folder)/\(name)"), as: UTF8.self)
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        guard let file = fopen(path, "r") else {
            throw Missing(description: "\(path) is not there; AIOPS_RECORD=1 make test-api writes recordings")
        }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&piece, 1, piece.count, file), count > 0 { bytes += piece[..<count] }
        return bytes
    }

    /// Only where the environment asks for it.
    package func writeIfWanted(_ answers: [JSONLine]) throws {
        guard getenv("AIOPS_RECORD") != nil else { return }
        for depth in [2, 1] { mkdir(path.split(separator: "/").dropLast(depth).reduce("") { "\($0)/\($1)" }, 0o755) }
        guard let file = fopen(path, "w") else { throw Missing(description: "\(path) cannot be written: \(errno)") }
        defer { fclose(file) }
        let bytes = JSONLine.file(answers)
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
            throw Missing(description: "\(path) could not be written: \(errno)")
        }
    }
}
