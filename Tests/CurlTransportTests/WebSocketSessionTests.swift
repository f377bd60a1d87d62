import HTTP
import Testing

@testable import CurlTransport

@Suite struct WebSocketSessionTests {
    /// A peer that sends two bytes a message fills the memory of whoever counts what is in them alone.
    @Test func emptyMessagesTakeRoomAsWell() {
        let session = WebSocketSession(
            id: ExchangeID(number: 1), request: WebSocketRequest(url: "ws://x"), inboxLimit: 64_000, mailbox: Mailbox())
        var count = 0
        while session.hasRoom(), count < 100_000 {
            session.deliver(.binary([]))
            count += 1
        }
        #expect(count == 1_000)
    }
}
