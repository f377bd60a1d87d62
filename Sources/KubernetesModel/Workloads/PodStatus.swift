package import JSON
package import Primitives

/// Where a pod is in its life, as the API reports it.
package enum PodPhase: String, Sendable, Hashable, JSONDecodable, JSONEncodable {
    case pending = "Pending"
    case running = "Running"
    case succeeded = "Succeeded"
    case failed = "Failed"
    /// The node cannot be reached, or the server sent a phase that is not known here.
    case unknown = "Unknown"

    package init(from reader: inout JSONReader) throws(JSONError) {
        self = PodPhase(rawValue: try reader.string()) ?? .unknown
    }

    package func encode(to writer: inout JSONWriter) { writer.string(rawValue) }
}

/// What the cluster says about a pod.
package struct PodStatus: Sendable, Hashable, JSONDecodable, JSONEncodable {
    package var phase = PodPhase.pending
    package var conditions: [Condition] = []
    package var containerStatuses: [ContainerStatus] = []
    package var initContainerStatuses: [ContainerStatus] = []
    /// Why the whole pod is as it is, such as `Evicted`; mostly empty.
    package var reason = ""
    package var message = ""
    package var podIP = ""
    package var startTime: Timestamp?

    package init(phase: PodPhase = .pending) { self.phase = phase }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "phase": phase = try reader.decodeIfPresent(PodPhase.self) ?? .pending
            case "conditions": conditions = try reader.decodeIfPresent([Condition].self) ?? []
            case "containerStatuses": containerStatuses = try reader.decodeIfPresent([ContainerStatus].self) ?? []
            case "initContainerStatuses":
                initContainerStatuses = try reader.decodeIfPresent([ContainerStatus].self) ?? []
            case "reason": reason = try reader.decodeIfPresent(String.self) ?? ""
            case "message": message = try reader.decodeIfPresent(String.self) ?? ""
            case "podIP": podIP = try reader.decodeIfPresent(String.self) ?? ""
            case "startTime": startTime = try reader.timestampIfPresent()
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("phase", phase)
        writer.field("conditions", conditions.nonEmpty)
        writer.field("containerStatuses", containerStatuses.nonEmpty)
        writer.field("initContainerStatuses", initContainerStatuses.nonEmpty)
        writer.field("reason", reason.nonEmpty)
        writer.field("message", message.nonEmpty)
        writer.field("podIP", podIP.nonEmpty)
        writer.field("startTime", startTime?.rfc3339)
        writer.endObject()
    }
}
