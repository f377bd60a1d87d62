import HTTP
import JSON

/// Puts a reply together from the events of Anthropic's Messages.
struct MessagesStream: ReplyStream {
    private static let mostBlocks = 1_024

    private let key: Secret?
    private var modelID: String?
    /// By their index: a gateway may leave some out.
    private var blocks: [Int64: MessagesBlock] = [:]
    private var stopReason: String?
    private var usage = MessagesUsage(nil)
    private(set) var isOver = false
    private(set) var size = 0

    init(key: Secret?) { self.key = key }

    var isComplete: Bool { stopReason != nil }

    var reply: ProviderReply {
        MessagesReply.reply(
            blocks.sorted { $0.key < $1.key }.map(\.value), modelID: modelID, stopReason: stopReason, usage: usage)
    }

    mutating func take(_ event: ServerSentEventSplitter.Event) throws(ModelError) {
        let json = try event.json()
        if let failure = ProviderFailure(inside: json, hasBegun: modelID != nil, key: key) { throw failure.error() }
        switch json["type"]?.stringValue {
        case "message_start":
            modelID = json["message"]?["model"]?.stringValue ?? ""
            usage.take(json["message"]?["usage"])
        case "content_block_start": try begin(json)
        case "content_block_delta": try grow(json)
        case "message_delta":
            stopReason = json["delta"]?["stop_reason"]?.stringValue ?? stopReason
            usage.take(json["usage"])
        case "message_stop":
            guard modelID != nil else { throw .malformedReply("the stream is over and nothing was said") }
            isOver = true
        // `ping`, `content_block_stop`, and what is not known yet.
        default: break
        }
    }

    private mutating func begin(_ json: JSONValue) throws(ModelError) {
        guard let index = json["index"]?.integerValue, blocks[index] == nil, blocks.count < Self.mostBlocks else {
            throw .malformedReply("a block of content begins twice, or without an index")
        }
        let block = json["content_block"] ?? .null
        size += block.text.utf8.count
        blocks[index] = MessagesBlock(block)
    }

    private mutating func grow(_ json: JSONValue) throws(ModelError) {
        // In place: a copy for each piece would take time that grows with the square of the reply.
        guard let index = json["index"]?.integerValue,
            let growth = blocks[index]?.take(delta: json["delta"] ?? .null)
        else { throw .malformedReply("a piece of a block of content that has not begun") }
        size += growth
    }
}
