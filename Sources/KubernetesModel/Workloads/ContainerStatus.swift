package import JSON
package import Primitives

/// What the kubelet says about one container.
package struct ContainerStatus: Sendable, Hashable, JSONDecodable, JSONEncodable {
    package var name = ""
    package var image = ""
    package var ready = false
    package var started: Bool?
    package var restartCount = 0
    package var state: ContainerState?
    /// How the run before this one ended; nil after the first start.
    package var lastState: ContainerState?

    package init(name: String = "", ready: Bool = false, restartCount: Int = 0, state: ContainerState? = nil) {
        self.name = name
        self.ready = ready
        self.restartCount = restartCount
        self.state = state
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "name": name = try reader.string()
            case "image": image = try reader.decodeIfPresent(String.self) ?? ""
            case "ready": ready = try reader.decodeIfPresent(Bool.self) ?? false
            case "started": started = try reader.decodeIfPresent(Bool.self)
            case "restartCount": restartCount = try reader.decodeIfPresent(Int.self) ?? 0
            case "state": state = try ContainerState.ifAny(from: &reader)
            case "lastState": lastState = try ContainerState.ifAny(from: &reader)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("name", name)
        writer.field("image", image.nonEmpty)
        writer.field("ready", ready)
        writer.field("started", started)
        writer.field("restartCount", restartCount)
        writer.field("state", state)
        writer.field("lastState", lastState)
        writer.endObject()
    }
}

/// Exactly one of the three things a container can be doing.
package enum ContainerState: Sendable, Hashable, JSONEncodable {
    /// Not running yet, with a reason such as `ImagePullBackOff` or `CrashLoopBackOff`.
    case waiting(reason: String, message: String)
    case running(startedAt: Timestamp?)
    /// Ended, with a reason such as `Completed`, `Error` or `OOMKilled`.
    case terminated(reason: String, message: String, exitCode: Int, signal: Int?)

    /// The server writes `{}` for a state that is not known.
    static func ifAny(from reader: inout JSONReader) throws(JSONError) -> ContainerState? {
        if try reader.nullIfPresent() { return nil }
        var state: ContainerState?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "waiting":
                let fields = try reader.decodeIfPresent(Fields.self) ?? Fields()
                state = .waiting(reason: fields.reason, message: fields.message)
            case "running":
                let fields = try reader.decodeIfPresent(Fields.self) ?? Fields()
                state = .running(startedAt: fields.startedAt)
            case "terminated":
                let fields = try reader.decodeIfPresent(Fields.self) ?? Fields()
                state = .terminated(
                    reason: fields.reason, message: fields.message, exitCode: fields.exitCode, signal: fields.signal)
            default: try reader.skip()
            }
        }
        return state
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        switch self {
        case .waiting(let reason, let message):
            writer.key("waiting")
            writer.beginObject()
            writer.field("reason", reason.nonEmpty)
            writer.field("message", message.nonEmpty)
        case .running(let startedAt):
            writer.key("running")
            writer.beginObject()
            writer.field("startedAt", startedAt?.rfc3339)
        case .terminated(let reason, let message, let exitCode, let signal):
            writer.key("terminated")
            writer.beginObject()
            writer.field("exitCode", exitCode)
            writer.field("signal", signal)
            writer.field("reason", reason.nonEmpty)
            writer.field("message", message.nonEmpty)
        }
        writer.endObject()
        writer.endObject()
    }

    private struct Fields: JSONDecodable {
        var reason = ""
        var message = ""
        var exitCode = 0
        var signal: Int?
        var startedAt: Timestamp?

        init() {}

        init(from reader: inout JSONReader) throws(JSONError) {
            try reader.beginObject()
            while let key = try reader.nextKey() {
                switch key {
                case "reason": reason = try reader.decodeIfPresent(String.self) ?? ""
                case "message": message = try reader.decodeIfPresent(String.self) ?? ""
                case "exitCode": exitCode = try reader.decodeIfPresent(Int.self) ?? 0
                case "signal": signal = try reader.decodeIfPresent(Int.self)
                case "startedAt": startedAt = try reader.timestampIfPresent()
                default: try reader.skip()
                }
            }
        }
    }
}
