import Glibc
import JSON
package import Primitives

/// What the API server wrote down about who did what, from one moment on.
package struct AuditLog: Sendable {
    /// One request that the server has answered.
    package struct Entry: Sendable {
        package var received: Timestamp
        package var answered: Timestamp
        package var verb: String
        package var userAgent: String
        package var resource: String
        package var namespace: String
        package var name: String
        package var code: Int

        /// Changes something, in the eyes of the server.
        package var isWrite: Bool {
            ["create", "update", "patch", "delete", "deletecollection"].contains(verb) && (200..<300).contains(code)
        }
    }

    private let path: String
    private let start: Int

    /// Everything from now on.
    package init() throws {
        guard let value = getenv("AIOPS_TEST_AUDIT_LOG"), value.pointee != 0 else {
            throw TestProfile.Missing(
                description: "AIOPS_TEST_AUDIT_LOG is not set: auditLog in scripts/cluster/cluster.py status --json")
        }
        path = String(cString: value)
        var status = stat()
        guard stat(path, &status) == 0 else { throw NeverHappened("there is no audit log at \(path)") }
        start = Int(status.st_size)
    }

    /// In the order in which the server answered.
    package func entries() throws -> [Entry] {
        guard let file = fopen(path, "r") else { throw NeverHappened("\(path) cannot be read") }
        defer { fclose(file) }
        fseek(file, start, SEEK_SET)
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = fread(&piece, 1, piece.count, file)
            guard count > 0 else { break }
            bytes += piece[..<count]
        }
        return try bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
            // The last line may be half written.
            guard line.last == UInt8(ascii: "}") else { return nil }
            return Self.entry(try JSONValue(parsing: Array(line)))
        }
    }

    private static func entry(_ value: JSONValue) -> Entry? {
        guard value["stage"] == "ResponseComplete" || value["stage"] == "ResponseStarted",
            let received = value["requestReceivedTimestamp"]?.stringValue.flatMap(Timestamp.init(rfc3339:)),
            let answered = value["stageTimestamp"]?.stringValue.flatMap(Timestamp.init(rfc3339:))
        else { return nil }
        return Entry(
            received: received, answered: answered, verb: value["verb"]?.stringValue ?? "",
            userAgent: value["userAgent"]?.stringValue ?? "",
            resource: value["objectRef"]?["resource"]?.stringValue ?? "",
            namespace: value["objectRef"]?["namespace"]?.stringValue ?? "",
            name: value["objectRef"]?["name"]?.stringValue ?? "",
            code: Int(value["responseStatus"]?["code"]?.integerValue ?? 0))
    }
}
