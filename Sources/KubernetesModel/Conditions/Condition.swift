package import JSON
package import Primitives

/// One observation about an object, in the shape of `metav1.Condition`.
package struct Condition: Sendable, Hashable, JSONDecodable, JSONEncodable {
    package var type: String
    package var status: ConditionStatus
    package var reason: String
    package var message: String
    package var observedGeneration: Int64?
    /// When `status` (not reason or message) last changed; nil until ``Swift/Array/set(_:now:)`` fills it in.
    package var lastTransitionTime: Timestamp?

    package init(
        type: String, status: ConditionStatus, reason: String, message: String = "",
        observedGeneration: Int64? = nil, lastTransitionTime: Timestamp? = nil
    ) {
        self.type = type
        self.status = status
        self.reason = reason
        self.message = message
        self.observedGeneration = observedGeneration
        self.lastTransitionTime = lastTransitionTime
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(type: "", status: .unknown, reason: "")
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "type": type = try reader.string()
            case "status": status = try reader.decode(ConditionStatus.self)
            case "reason": reason = try reader.decodeIfPresent(String.self) ?? ""
            case "message": message = try reader.decodeIfPresent(String.self) ?? ""
            case "observedGeneration": observedGeneration = try reader.decodeIfPresent(Int64.self)
            case "lastTransitionTime": lastTransitionTime = try reader.timestampIfPresent()
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("type", type)
        writer.field("status", status)
        writer.field("observedGeneration", observedGeneration)
        writer.field("lastTransitionTime", lastTransitionTime?.rfc3339)
        writer.field("reason", reason)
        writer.field("message", message)
        writer.endObject()
    }
}

extension [Condition] {
    package func get(_ type: String) -> Condition? { first { $0.type == type } }

    /// True only when the condition is there and its status is True.
    package func isTrue(_ type: String) -> Bool { get(type)?.status == .true }

    /// Replaces the condition of the same type, or appends it; the order of the others stays.
    ///
    /// The transition time moves only with the status. Re-stamping it on every write makes each write a change, each
    /// change an event, and each event a write again.
    @discardableResult
    package mutating func set(_ condition: Condition, now: Timestamp) -> Bool {
        var new = condition
        guard let index = firstIndex(where: { $0.type == condition.type }) else {
            new.lastTransitionTime = now
            append(new)
            return true
        }
        let old = self[index]
        new.lastTransitionTime = old.status == new.status ? old.lastTransitionTime ?? now : now
        self[index] = new
        return new != old
    }

    package mutating func remove(_ type: String) { removeAll { $0.type == type } }
}
