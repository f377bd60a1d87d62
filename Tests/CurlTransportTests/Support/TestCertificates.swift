import Glibc

/// A certificate authority with a server's and a client's certificate, made for one test and deleted with it.
final class TestCertificates: Sendable {
    let folder: String

    init() throws {
        var template = Array("/tmp/transport-tests-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Subprocess.Failed(what: "mkdtemp") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try make("ca", signer: nil, extra: [])
        try make("server", signer: "ca", extra: ["-addext", "subjectAltName=IP:127.0.0.1,DNS:server.test"])
        try make("client", signer: "ca", extra: [])
        try make("stranger", signer: nil, extra: [])
    }

    deinit {
        for name in ["ca", "server", "client", "stranger"] {
            unlink(path(name + ".pem"))
            unlink(path(name + ".key"))
        }
        rmdir(folder)
    }

    func path(_ file: String) -> String { "\(folder)/\(file)" }

    func read(_ file: String) throws -> [UInt8] {
        let descriptor = open(path(file), O_RDONLY)
        guard descriptor >= 0 else { throw Subprocess.Failed(what: file) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count > 0 else { throw Subprocess.Failed(what: file) }
        return Array(bytes[..<count])
    }

    private func make(_ name: String, signer: String?, extra: [String]) throws {
        var arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
            "/CN=\(name)", "-keyout", path(name + ".key"), "-out", path(name + ".pem"),
        ]
        if let signer { arguments += ["-CA", path(signer + ".pem"), "-CAkey", path(signer + ".key")] }
        let text = try Subprocess("openssl", arguments + extra).readToEnd()
        guard access(path(name + ".pem"), R_OK) == 0 else { throw Subprocess.Failed(what: text) }
    }
}
