import HTTPTesting
internal import Primitives

/// A server on loopback that answers each request with the bytes a test gives it, head and all.
///
/// It says what it is told and nothing of its own, so that a test decides where an answer is cut, how its bytes are spread over
/// pieces, and whether its connection ends in order.
package final class LoopbackModelServer: Sendable {
    package struct Answer: Sendable {
        package var pieces: [[UInt8]]
        /// Keep the connection and say nothing more, until the client is gone.
        package var isSilentAfterwards: Bool

        package init(pieces: [[UInt8]], isSilentAfterwards: Bool = false) {
            self.pieces = pieces
            self.isSilentAfterwards = isSilentAfterwards
        }
    }

    /// A request as it stood on the wire.
    package struct Request: Sendable {
        package var head: String
        package var body: String
    }

    private let server: RawServer
    private let seen: Locked<[Request]>

    /// `answer` is given the number of the request, 0 first; each is answered on a connection of its own.
    package init(_ answer: @escaping @Sendable (Int) -> Answer) throws {
        let seen = Locked<[Request]>([])
        self.seen = seen
        server = try RawServer { connection in
            guard let request = Request(from: connection) else { return }
            let number = seen.withLock { seen in
                seen.append(request)
                return seen.count - 1
            }
            let answer = answer(number)
            connection.sendAtOnce()
            for piece in answer.pieces where !connection.write(piece) { return }
            if answer.isSilentAfterwards { connection.waitForEnd() }
        }
    }

    package var baseURL: String { "\(server.url)/v1" }
    package var requests: [Request] { seen.withLock { $0 } }
}

extension LoopbackModelServer.Request {
    fileprivate init?(from connection: RawConnection) {
        guard let head = connection.readHead() else { return nil }
        let length =
            head.split(separator: "\r\n").lazy
            .filter { $0.lowercased().hasPrefix("content-length:") }
            .compactMap { Int($0.split(separator: ":")[1].drop { $0 == " " }) }.first ?? 0
        guard let body = connection.read(length) else { return nil }
        self.init(head: head, body: String(decoding: body, as: UTF8.self))
    }
}
