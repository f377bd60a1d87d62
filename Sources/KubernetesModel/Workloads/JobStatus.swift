package import JSON
package import Primitives

/// How a Job's pods fare.
package struct JobStatus: Sendable, Hashable, JSONDecodable, JSONEncodable {
    package var active: Int
    package var succeeded: Int
    package var failed: Int
    package var startTime: Timestamp?
    package var completionTime: Timestamp?
    package var conditions: [Condition]

    package init(
        active: Int = 0,
        succeeded: Int = 0,
        failed: Int = 0,
        startTime: Timestamp? = nil,
        completionTime: Timestamp? = nil,
        conditions: [Condition] = []
    ) {
        self.active = active
        self.succeeded = succeeded
        self.failed = failed
        self.startTime = startTime
        self.completionTime = completionTime
        self.conditions = conditions
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "active": active = try reader.decodeIfPresent(Int.self) ?? 0
            case "succeeded": succeeded = try reader.decodeIfPresent(Int.self) ?? 0
            case "failed": failed = try reader.decodeIfPresent(Int.self) ?? 0
            case "startTime": startTime = try reader.timestampIfPresent()
            case "completionTime": completionTime = try reader.timestampIfPresent()
            case "conditions": conditions = try reader.decodeIfPresent([Condition].self) ?? []
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("active", active)
        writer.field("succeeded", succeeded)
        writer.field("failed", failed)
        writer.field("startTime", startTime?.rfc3339)
        writer.field("completionTime", completionTime?.rfc3339)
        writer.field("conditions", conditions.nonEmpty)
        writer.endObject()
    }
}
