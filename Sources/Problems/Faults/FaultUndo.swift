import JSON

/// How to take a fault back.
///
/// Written in the task's status before the fault is injected, so that whoever finds the fault can remove it.
package struct FaultUndo: Sendable, Hashable {
    package var kind: String
    package var service: String
    /// Of the Service that is changed: no other object of that name is ever touched.
    package var uid: String
    /// The Service's ports that are changed.
    package var ports: [Int]
    package var from: Int
    package var to: Int

    package init(kind: String, service: String, uid: String, ports: [Int], from: Int, to: Int) {
        self.kind = kind
        self.service = service
        self.uid = uid
        self.ports = ports
        self.from = from
        self.to = to
    }

    /// One line for the task's status.
    package var encoded: String {
        let value: JSONValue = [
            "kind": .string(kind), "service": .string(service), "uid": .string(uid),
            "ports": .array(ports.map { .integer(Int64($0)) }), "from": .integer(Int64(from)),
            "to": .integer(Int64(to)),
        ]
        return value.text
    }

    package init(encoded: String) throws(ProblemError) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: Array(encoded.utf8))
        } catch {
            throw .unreadableRecord("undo", error)
        }
        guard let kind = value["kind"]?.stringValue, let service = value["service"]?.stringValue,
            let uid = value["uid"]?.stringValue, let ports = value["ports"]?.arrayValue,
            let from = value["from"]?.integerValue, let to = value["to"]?.integerValue
        else { throw .unreadableRecord("undo", JSONError(offset: 0, message: "a field is missing")) }
        // A port that cannot be read would be a port that stays broken.
        let numbers = ports.compactMap(\.integerValue)
        guard numbers.count == ports.count else {
            throw .unreadableRecord("undo", JSONError(offset: 0, message: "a port is not a number"))
        }
        self.init(
            kind: kind, service: service, uid: uid, ports: numbers.map { Int($0) }, from: Int(from), to: Int(to))
    }
}
