import HTTP
import JSON

/// Puts a reply together from chunks of chat completions.
///
/// The words end with a finish reason, the bill may follow in a chunk without choices, and `[DONE]` ends it all.
struct ChatCompletionsStream: ReplyStream {
    /// No model asks for more at once; what a server makes up must not grow a table.
    private static let mostCalls = 128

    private let key: Secret?
    private var modelID: String?
    private var content = ""
    private var refusal: String?
    private var calls: [Int: ToolCallDraft] = [:]
    private var finishReason: String?
    private var usage: TokenUsage?
    private var reportedCost: NanoDollars?
    private(set) var isOver = false
    private(set) var size = 0

    init(key: Secret?) { self.key = key }

    /// A stream that is over without a finish reason has not said that its reply is whole, but nothing more will come.
    var isComplete: Bool { finishReason != nil }

    var reply: ProviderReply {
        ProviderReply(
            modelID: modelID, content: content, refusal: refusal,
            toolCalls: ToolCallDraft.calls(calls.sorted { $0.key < $1.key }.map(\.value)),
            finishReason: ChatCompletionsReply.finishReason(finishReason, isRefusal: refusal != nil), usage: usage,
            reportedCost: reportedCost)
    }

    mutating func take(_ event: ServerSentEventSplitter.Event) throws(ModelError) {
        if event.data == "[DONE]" {
            guard isComplete || size > 0 else { throw .malformedReply("the stream is over and nothing was said") }
            isOver = true
            return
        }
        let chunk = try event.json()
        if let failure = ProviderFailure(inside: chunk, hasBegun: size > 0, key: key) { throw failure.error() }
        if modelID == nil { modelID = chunk["model"]?.stringValue }
        usage = ChatCompletionsReply.usage(chunk["usage"]) ?? usage
        reportedCost = ChatCompletionsReply.cost(chunk["usage"]) ?? reportedCost
        let choice = chunk["choices"]?[0]
        if let choice, let failure = ProviderFailure(inside: choice, hasBegun: size > 0, key: key) {
            throw failure.error()
        }
        if let delta = choice?["delta"] { try take(delta: delta) }
        guard let reason = choice?["finish_reason"]?.stringValue else { return }
        if reason == "error" { throw .connectionLost("the provider broke the reply off with an error") }
        finishReason = reason
    }

    private mutating func take(delta: JSONValue) throws(ModelError) {
        let text = ChatCompletionsReply.text(delta["content"])
        content += text
        size += text.utf8.count
        if let text = delta["refusal"]?.stringValue, !text.isEmpty {
            // In place: a copy for each fragment would take time that grows with the square of the reply.
            if refusal == nil { refusal = "" }
            refusal?.append(text)
            size += text.utf8.count
        }
        for (position, fragment) in (delta["tool_calls"]?.arrayValue ?? []).enumerated() {
            let index = fragment["index"]?.integerValue ?? Int64(position)
            guard (0..<Int64(Self.mostCalls)).contains(index) else {
                throw .malformedReply("a tool call with the index \(index)")
            }
            size += calls[Int(index), default: ToolCallDraft()].take(fragment)
        }
    }
}
