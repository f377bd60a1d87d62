import HTTP
import JSON

/// Puts a reply together from the events of a stream.
protocol ReplyStream: Sendable {
    /// - Throws: the failure that the stream reports, or why an event cannot be understood.
    mutating func take(_ event: ServerSentEventSplitter.Event) throws(ModelError)

    /// All words of the reply are there; at most its bill may still come.
    var isComplete: Bool { get }
    /// The provider has said that nothing follows.
    var isOver: Bool { get }
    /// Bytes of the reply so far.
    var size: Int { get }
    var reply: ProviderReply { get }
}

extension ServerSentEventSplitter.Event {
    func json() throws(ModelError) -> JSONValue {
        do {
            return try JSONValue(parsing: Array(data.utf8))
        } catch {
            throw .malformedReply("an event of the stream is not JSON: \(error.message)")
        }
    }
}
