package import JSON

/// What the API server answers when a request fails (apimachinery's `Status`).
package struct Status: Sendable, Hashable, JSONDecodable, JSONEncodable {
    /// `Success` or `Failure`.
    package var status = ""
    package var message = ""
    /// The machine-readable reason; on watch errors more precise than the code.
    package var reason = ""
    package var code = 0
    package var details: StatusDetails?

    package init(code: Int = 0, reason: String = "", message: String = "", details: StatusDetails? = nil) {
        self.status = "Failure"
        self.message = message
        self.reason = reason
        self.code = code
        self.details = details
    }

    package func hasCause(_ reason: String) -> Bool { details?.causes.contains { $0.reason == reason } ?? false }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        status = ""
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "status": status = try reader.decodeIfPresent(String.self) ?? ""
            case "message": message = try reader.decodeIfPresent(String.self) ?? ""
            case "reason": reason = try reader.decodeIfPresent(String.self) ?? ""
            case "code": code = try reader.decodeIfPresent(Int.self) ?? 0
            case "details": details = try reader.decodeIfPresent(StatusDetails.self)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("kind", "Status")
        writer.field("apiVersion", "v1")
        writer.key("metadata")
        writer.beginObject()
        writer.endObject()
        writer.field("status", status)
        writer.field("message", message)
        writer.field("reason", reason.nonEmpty)
        writer.field("details", details)
        writer.field("code", code)
        writer.endObject()
    }
}
