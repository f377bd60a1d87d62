package import JSON
import Primitives

extension ConversationMessage: JSONEncodable {
    /// Writes the message without its hash, in a fixed order of fields.
    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("seq", seq)
        writer.field("timestamp", timestamp.rfc3339Micro)
        writer.field("role", role.rawValue)
        writer.field("content", content)
        writer.field("tool_calls", nonEmpty: toolCalls)
        writer.field("tool_call_id", toolCallID)
        writer.field("reasoning", nonEmpty: reasoning)
        writer.field("function_name", functionName)
        writer.field("function_args", functionArguments)
        writer.field("function_result", functionResult)
        if !metadata.isEmpty { writer.field("metadata", JSONValue.object(metadata)) }
        writer.field("usage", usage)
        writer.field("cost", cost)
        writer.field("latencyMs", latencyMilliseconds)
        writer.field("truncated", truncation)
        writer.field("reservation", reservation)
        if releasesReservation { writer.field("released", true) }
        writer.endObject()
    }
}

extension ConversationMessage: JSONDecodable {
    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(timestamp: Timestamp(microseconds: 0), role: .system, content: "")
        var hasSeq = false
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "seq":
                seq = try reader.int()
                hasSeq = true
            case "timestamp":
                let text = try reader.string()
                guard let parsed = Timestamp(rfc3339: text) else {
                    throw JSONError(offset: 0, message: "timestamp is not RFC 3339: \(text.prefix(64))")
                }
                timestamp = parsed
            case "role":
                let text = try reader.string()
                guard let parsed = Role(rawValue: text) else {
                    throw JSONError(offset: 0, message: "unknown role: \(text.prefix(64))")
                }
                role = parsed
            case "content": content = try reader.string()
            case "tool_calls": toolCalls = try reader.decode([MessageCall].self)
            case "tool_call_id": toolCallID = try reader.string()
            case "reasoning": reasoning = try reader.decode([JSONValue].self)
            case "function_name": functionName = try reader.string()
            case "function_args": functionArguments = try reader.value()
            case "function_result": functionResult = try reader.value()
            case "metadata":
                guard let object = try reader.value().objectValue else {
                    throw JSONError(offset: 0, message: "metadata is not an object")
                }
                metadata = object
            case "usage": usage = try reader.decode(MessageUsage.self)
            case "cost": cost = try reader.decode(MessageCost.self)
            case "latencyMs": latencyMilliseconds = try reader.integer()
            case "truncated": truncation = try reader.decode(Truncation.self)
            case "reservation": reservation = try reader.decode(CallReservation.self)
            case "released": releasesReservation = try reader.bool()
            default: try reader.skip()
            }
        }
        if !hasSeq { throw JSONError(offset: 0, message: "a message without seq") }
    }
}
