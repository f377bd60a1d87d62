import ClusterTesting
import Glibc

/// The container engine and the kind program that these tests use, named by the environment as
/// `scripts/kind/engine.py up` exports them.
struct KindEngine: Sendable {
    let kind: String
    let host: String
    let nodeImage: String
    let config: String
    private let docker: String

    init() throws {
        kind = try Self.value("AIOPS_KIND")
        docker = try Self.value("AIOPS_DOCKER")
        host = try Self.value("DOCKER_HOST")
        nodeImage = try Self.value("AIOPS_KIND_IMAGE")
        config = try TextFile.read(try Self.value("AIOPS_KIND_CONFIG"))
    }

    /// kind looks for docker there.
    var searchPath: String {
        let folder = docker.lastIndex(of: "/").map { String(docker[..<$0]) } ?? "."
        return "\(folder):\(getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin")"
    }

    /// What `kind get clusters` prints, line by line.
    func clusters() async throws -> [String] { try await lines(kind, ["get", "clusters"]) }

    /// The containers that there are, running or not, by the number that no other will have.
    func containers() async throws -> [String: String] {
        let listed = try await lines(docker, ["ps", "--all", "--no-trunc", "--format", "{{.Names}} {{.ID}}"])
        return Dictionary(
            listed.compactMap { line in
                let words = line.split(separator: " ").map(String.init)
                return words.count == 2 ? (words[0], words[1]) : nil
            }, uniquingKeysWith: { first, _ in first })
    }

    private func lines(_ program: String, _ arguments: [String]) async throws -> [String] {
        let child = try ChildProcess(
            program, arguments, environment: ["DOCKER_HOST": host, "PATH": searchPath], separateErrors: true)
        let code = try await child.exit(within: .seconds(60))
        guard code == 0 else {
            throw NeverHappened("\(program) \(arguments.joined(separator: " ")): exit code \(code): \(child.errors())")
        }
        return child.output().split(separator: "\n").map(String.init)
    }

    private static func value(_ name: String) throws -> String {
        guard let value = getenv(name), value.pointee != 0 else {
            throw NeverHappened(
                "\(name) is not set, and this test needs an engine: scripts/test.py kind sets it up, "
                    + "or: eval \"$(scripts/kind/engine.py up)\"")
        }
        return String(cString: value)
    }
}
