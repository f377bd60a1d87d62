package import JSON

/// What the failure was about, and why in detail.
package struct StatusDetails: Sendable, Hashable, JSONDecodable, JSONEncodable {
    package var name = ""
    package var group = ""
    package var kind = ""
    package var uid = ""
    package var causes: [StatusCause] = []
    package var retryAfterSeconds: Int?

    package init(
        name: String = "", group: String = "", kind: String = "", causes: [StatusCause] = [],
        retryAfterSeconds: Int? = nil
    ) {
        self.name = name
        self.group = group
        self.kind = kind
        self.causes = causes
        self.retryAfterSeconds = retryAfterSeconds
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "name": name = try reader.decodeIfPresent(String.self) ?? ""
            case "group": group = try reader.decodeIfPresent(String.self) ?? ""
            case "kind": kind = try reader.decodeIfPresent(String.self) ?? ""
            case "uid": uid = try reader.decodeIfPresent(String.self) ?? ""
            case "causes": causes = try reader.decodeIfPresent([StatusCause].self) ?? []
            case "retryAfterSeconds": retryAfterSeconds = try reader.decodeIfPresent(Int.self)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("name", name.nonEmpty)
        writer.field("group", group.nonEmpty)
        writer.field("kind", kind.nonEmpty)
        writer.field("uid", uid.nonEmpty)
        writer.field("causes", causes.nonEmpty)
        writer.field("retryAfterSeconds", retryAfterSeconds)
        writer.endObject()
    }
}

/// One reason among several, usually one field that is wrong.
package struct StatusCause: Sendable, Hashable, JSONDecodable, JSONEncodable {
    package var reason: String
    package var message: String
    /// The path of the field, such as `spec.priority`; empty when the cause is no field.
    package var field: String

    package init(reason: String = "", message: String = "", field: String = "") {
        self.reason = reason
        self.message = message
        self.field = field
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "reason": reason = try reader.decodeIfPresent(String.self) ?? ""
            case "message": message = try reader.decodeIfPresent(String.self) ?? ""
            case "field": field = try reader.decodeIfPresent(String.self) ?? ""
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("reason", reason.nonEmpty)
        writer.field("message", message.nonEmpty)
        writer.field("field", field.nonEmpty)
        writer.endObject()
    }
}
