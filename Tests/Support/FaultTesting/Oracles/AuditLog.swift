import ClusterTesting
import Glibc
import JSON
import Primitives

/// What the API server itself wrote down: the witness that no process under test can talk to.
package struct AuditLog: Sendable {
    /// One finished request.
    package struct Entry: Sendable {
        package var id: String
        package var user: String
        package var verb: String
        package var resource: String
        package var status: Int
    }

    private let path: String

    /// The log of the cluster that the environment names.
    package init() throws {
        guard let named = getenv("AIOPS_TEST_AUDIT_LOG"), named.pointee != 0 else {
            throw NeverHappened("AIOPS_TEST_AUDIT_LOG is not set: auditLog in scripts/cluster/cluster.py status --json")
        }
        path = String(cString: named)
    }

    /// Where it ends now.
    package var mark: Int { TextFile.size(path) }

    /// Writes of a user behind a mark.
    package func writes(of user: String, since mark: Int) throws -> [Entry] {
        // A rotated log is shorter than the mark: then all of it is new.
        let offset = TextFile.size(path) < mark ? 0 : mark
        guard let text = TextFile.read(path, from: offset) else { throw NeverHappened("\(path) cannot be read") }
        return try text.split(separator: "\n").compactMap { line in
            // Most lines are of others.
            guard line.contains(user) else { return nil }
            let value = try JSONValue(parsing: Array(line.utf8))
            guard value["user"]?["username"]?.stringValue == user,
                let verb = value["verb"]?.stringValue, Self.writing.contains(verb),
                value["objectRef"]?["subresource"] != "exec"
            else { return nil }
            return Entry(
                id: value["auditID"]?.stringValue ?? "", user: user, verb: verb,
                resource: value["objectRef"]?["resource"]?.stringValue ?? "",
                status: Int(value["responseStatus"]?["code"]?.integerValue ?? 0))
        }
    }

    private static let writing: Set<String> = ["create", "update", "patch", "delete", "deletecollection"]
}
