package import JSON
package import Primitives

/// An event of `events.k8s.io/v1`: something that happened to an object, kept for an hour.
package struct Event: KubernetesObject, Hashable {
    package static let resourceType = ResourceType(
        group: "events.k8s.io", version: "v1", kind: "Event", plural: "events")

    package var metadata: ObjectMeta
    package var eventTime: Timestamp?
    package var series: EventSeries?
    package var reportingController = ""
    /// At most 128 bytes, as are `reason` and `action`.
    package var reportingInstance = ""
    package var action = ""
    package var reason = ""
    package var regarding = ObjectReference()
    package var related: ObjectReference?
    /// At most 1,024 bytes.
    package var note = ""
    /// `Normal` or `Warning`.
    package var type = "Normal"
    /// How often, in events of the old kind (`core/v1`) that the server shows in the new form.
    package var deprecatedCount = 0
    package var deprecatedLastTimestamp: Timestamp?

    package init(metadata: ObjectMeta) { self.metadata = metadata }

    package var count: Int { max(series?.count ?? 0, deprecatedCount, 1) }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(metadata: ObjectMeta())
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": metadata = try reader.decode(ObjectMeta.self)
            case "eventTime": eventTime = try reader.timestampIfPresent()
            case "series": series = try reader.decodeIfPresent(EventSeries.self)
            case "reportingController": reportingController = try reader.decodeIfPresent(String.self) ?? ""
            case "reportingInstance": reportingInstance = try reader.decodeIfPresent(String.self) ?? ""
            case "action": action = try reader.decodeIfPresent(String.self) ?? ""
            case "reason": reason = try reader.decodeIfPresent(String.self) ?? ""
            case "regarding": regarding = try reader.decodeIfPresent(ObjectReference.self) ?? ObjectReference()
            case "related": related = try reader.decodeIfPresent(ObjectReference.self)
            case "note": note = try reader.decodeIfPresent(String.self) ?? ""
            case "type": type = try reader.decodeIfPresent(String.self) ?? ""
            case "deprecatedCount": deprecatedCount = try reader.decodeIfPresent(Int.self) ?? 0
            case "deprecatedLastTimestamp": deprecatedLastTimestamp = try reader.timestampIfPresent()
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginKubernetesObject(self)
        writer.field("eventTime", eventTime?.rfc3339Micro)
        writer.field("series", series)
        writer.field("reportingController", reportingController.nonEmpty)
        writer.field("reportingInstance", reportingInstance.nonEmpty)
        writer.field("action", action.nonEmpty)
        writer.field("reason", reason.nonEmpty)
        writer.field("regarding", regarding)
        writer.field("related", related)
        writer.field("note", note.nonEmpty)
        writer.field("type", type.nonEmpty)
        writer.field("deprecatedCount", deprecatedCount == 0 ? nil : deprecatedCount)
        writer.field("deprecatedLastTimestamp", deprecatedLastTimestamp?.rfc3339)
        writer.endObject()
    }
}

/// How often an event repeated.
package struct EventSeries: Sendable, Hashable, JSONDecodable, JSONEncodable {
    package var count: Int
    package var lastObservedTime: Timestamp?

    package init(count: Int, lastObservedTime: Timestamp?) {
        self.count = count
        self.lastObservedTime = lastObservedTime
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(count: 0, lastObservedTime: nil)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "count": count = try reader.int()
            case "lastObservedTime": lastObservedTime = try reader.timestampIfPresent()
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("count", count)
        writer.field("lastObservedTime", lastObservedTime?.rfc3339Micro)
        writer.endObject()
    }
}
