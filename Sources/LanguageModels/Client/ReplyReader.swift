import HTTP
import JSON

/// Reads the body of a successful answer, whole or streamed, however it was cut into pieces.
///
/// Knows no network and no time. Invariants: it holds at most `limit` bytes of a reply and as many of one event; the same
/// bytes give the same outcome in whatever pieces they come; a reply whose last word has come is given out although the
/// connection broke behind it, since it is paid.
package struct ReplyReader: Sendable {
    private enum Form {
        case whole([UInt8])
        case events(ServerSentEventSplitter, any ReplyStream)
    }

    private let format: WireFormat
    private let limit: Int
    private let key: Secret?
    private let contentType: String?
    private var form: Form

    /// Whether it is a stream is told by what the server says of its body, not by what was asked for: some gateways stream
    /// always, some servers never.
    package init(format: WireFormat, contentType: String?, limit: Int, key: Secret? = nil) {
        self.format = format
        self.limit = limit
        self.key = key
        self.contentType = contentType
        let isStream = contentType?.lowercased().hasPrefix("text/event-stream") ?? false
        form =
            isStream ? .events(ServerSentEventSplitter(limit: limit), format.makeStream(key: key)) : .whole([])
    }

    /// - Returns: whether nothing more is needed.
    package mutating func take(_ piece: [UInt8]) throws(ModelError) -> Bool {
        switch form {
        case .whole(var bytes):
            guard piece.count <= limit - bytes.count else { throw tooLarge }
            form = .whole([])
            bytes += piece
            form = .whole(bytes)
            return false
        case .events(var splitter, var stream):
            form = .whole([])
            defer { form = .events(splitter, stream) }
            splitter.append(piece)
            do throws(ModelError) {
                while !stream.isOver, let event = try Self.next(&splitter) {
                    try stream.take(event)
                    if stream.size > limit { throw tooLarge }
                }
            } catch {
                // Behind the last word nothing can spoil the reply, but for its size.
                if !stream.isComplete || stream.size > limit { throw error }
                return true
            }
            return stream.isOver
        }
    }

    /// The reply, once there are no more bytes; `failure` says why there are none when the server has not ended the body.
    package func finish(after failure: ModelError? = nil) throws(ModelError) -> ProviderReply {
        switch form {
        case .whole(let bytes):
            if let failure { throw failure }
            return try whole(bytes)
        case .events(_, let stream):
            if stream.isOver || stream.isComplete { return stream.reply }
            throw failure ?? .connectionLost("the stream ended before the reply did")
        }
    }

    private func whole(_ bytes: [UInt8]) throws(ModelError) -> ProviderReply {
        let json: JSONValue
        do {
            json = try JSONValue(parsing: bytes)
        } catch {
            throw unread(bytes, error)
        }
        if let failure = ProviderFailure(inside: json, hasBegun: false, key: key) { throw failure.error() }
        let choice = json["choices"]?[0]
        if let choice, let failure = ProviderFailure(inside: choice, hasBegun: true, key: key) { throw failure.error() }
        let reply: ProviderReply
        do {
            reply = try format.reply(json)
        } catch {
            throw .malformedReply(error.reason)
        }
        if reply.finishReason == .other("error") {
            throw .connectionLost("the provider broke the reply off with an error")
        }
        return reply
    }

    /// What is no JSON: half a reply, or none, since somebody else answers at that address.
    private func unread(_ bytes: [UInt8], _ error: JSONError) -> ModelError {
        let type = contentType.map { String($0.prefix(64)) } ?? "no content type"
        let first = bytes.first { !" \t\r\n".utf8.contains($0) }
        if first == UInt8(ascii: "{"), error.offset >= bytes.count {
            return .connectionLost("the reply ended in its middle, after \(bytes.count) bytes")
        }
        if first == UInt8(ascii: "<") || type.lowercased().contains("html") {
            return .malformedReply("the endpoint answered with a web page (\(type)): check baseURL")
        }
        guard first != nil else {
            return .malformedReply("the endpoint answered with nothing (\(type)): check baseURL")
        }
        return .malformedReply("the endpoint answered with what is no JSON (\(type), \(error)): check baseURL")
    }

    private static func next(
        _ splitter: inout ServerSentEventSplitter
    ) throws(ModelError) -> ServerSentEventSplitter.Event? {
        do {
            return try splitter.next()
        } catch {
            throw .malformedReply("an event of the stream is larger than \(error.limit) bytes")
        }
    }

    private var tooLarge: ModelError { .malformedReply("the reply is larger than \(limit) bytes") }
}
