/// Where a body's bytes come from: one consumer, one direction.
package protocol HTTPBodySource: Sendable {
    /// The next bytes (never empty), or `nil` after the last. Not to be called by two tasks at once.
    func next() async throws(HTTPError) -> [UInt8]?

    /// No more bytes are wanted. Called once, also after the end.
    func abandon()
}
