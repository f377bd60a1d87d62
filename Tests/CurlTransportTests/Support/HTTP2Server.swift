import Testing

/// `Fixtures/h2server.py`, which does as it is told line by line; calls block.
final class HTTP2Server: Sendable {
    let url: String
    private let process: Subprocess

    init(_ certificates: TestCertificates, maxStreams: Int = 100) throws {
        let script = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        // Debian's own interpreter, whose package python3-h2 setup installs.
        process = try Subprocess(
            "/usr/bin/python3",
            [
                "/\(script)/Fixtures/h2server.py", certificates.path("server.pem"), certificates.path("server.key"),
                "\(maxStreams)",
            ])
        let line = process.nextLine() ?? ""
        guard line.hasPrefix("listening ") else { throw Subprocess.Failed(what: line + process.readToEnd()) }
        url = "https://127.0.0.1:" + line.dropFirst("listening ".count)
    }

    /// Gives a command and returns what the server has counted by then.
    @discardableResult
    func order(_ command: String) throws -> [String: Int] {
        process.write(command + "\n")
        let line = try #require(process.nextLine())
        var counts: [String: Int] = [:]
        for pair in line.split(separator: " ") {
            let parts = pair.split(separator: "=")
            if parts.count == 2 { counts[String(parts[0])] = Int(parts[1]) }
        }
        try #require(!counts.isEmpty, "\(line)")
        return counts
    }
}
