import CCurl
import Glibc
import HTTP
import LifecycleTesting
import Primitives
import Testing

@testable import CurlTransport

@Suite struct LoopTests {
    @Test func deadlinesComeInOrder() {
        var generator = SeededGenerator(seed: 3)
        var queue = DeadlineQueue()
        let times = (0..<500).map { _ in Int.random(in: 0..<100, using: &generator) }
        for (number, time) in times.enumerated() {
            queue.add(.init(time: .seconds(time), id: ExchangeID(number: UInt64(number))))
        }
        #expect(queue.next == times.min().map { .seconds($0) })
        #expect(queue.take(until: .seconds(-1)) == nil)
        var taken: [Duration] = []
        while let entry = queue.take(until: .seconds(49)) { taken.append(entry.time) }
        #expect(taken == times.filter { $0 < 50 }.sorted().map { .seconds($0) })
        #expect(queue.count == times.filter { $0 >= 50 }.count)
    }

    @Test(arguments: [
        LoopToken.mailbox, .webSocket(descriptor: 7), .pool(.watch, descriptor: 0), .pool(.webSocket, descriptor: -1),
    ])
    func tokensSurviveTheKernel(token: LoopToken) {
        #expect(LoopToken(raw: token.raw) == token)
    }

    @Test func tokenOfNobody() {
        #expect(LoopToken(raw: 0xFF << 32) == nil)
    }

    @Test(
        arguments: [
            ([], .request, 100_000, .request), ([.request], .request, 48 << 10, .request),
            ([.request], .request, 48 << 10 + 1, .model), ([.watch], .watch, 100_000, .model),
            ([.watch], .watch, 0, .watch), ([.watch], .request, 100_000, .request), ([], .model, 0, .model),
            ([], .lease, 10, .lease),
        ] as [(Set<HTTPPool>, HTTPPool, Int, PoolKind)])
    func largeBodiesAndModelsGoOverHTTP1(multiplexed: Set<HTTPPool>, pool: HTTPPool, size: Int, expected: PoolKind) {
        var configuration = CurlConfiguration()
        configuration.multiplexed = multiplexed
        let request = HTTPRequest(url: "", body: [UInt8](repeating: 0, count: size), pool: pool)
        let kind = PoolKind(for: request, configuration: configuration)
        #expect(kind == expected)
        #expect(size <= 48 << 10 || !kind.isMultiplexed(configuration))
    }

    @Test func obsoleteDeadlinesAreForgotten() {
        var queue = DeadlineQueue()
        for number in UInt64(0)..<100 {
            queue.add(.init(time: .seconds(100 - Int64(number)), id: ExchangeID(number: number)))
        }
        queue.keep { $0.id.number % 10 == 0 }
        #expect(queue.count == 10)
        #expect(queue.take(until: .seconds(10))?.id == ExchangeID(number: 90))
        #expect(queue.next == .seconds(20))
    }

    @Test func closedMailboxTakesNothing() {
        let mailbox = Mailbox()
        #expect(mailbox.prepareToSleep())
        #expect(mailbox.post(.remove(ExchangeID(number: 1))))
        #expect(mailbox.post(.stop))
        #expect(!mailbox.prepareToSleep())
        #expect(mailbox.take().count == 2)
        #expect(mailbox.prepareToSleep())
        #expect(mailbox.post(.stop))
        #expect(mailbox.close().count == 1)
        #expect(!mailbox.post(.stop))
        #expect(mailbox.take().isEmpty)
    }

    /// What hangs is told from what has nothing to do.
    @Test func aLoopThatTakesNothingIsSeen() {
        let time = ManualTimeSource()
        let mailbox = Mailbox(time: time)
        mailbox.post(.stop)
        time.advance(by: .seconds(100))
        // Nobody has begun to take anything.
        #expect(mailbox.delay == .zero)
        mailbox.open()
        time.advance(by: .seconds(10))
        mailbox.post(.stop)
        time.advance(by: .seconds(10))
        #expect(mailbox.delay == .seconds(20))
        #expect(mailbox.take().count == 2)
        time.advance(by: .seconds(10))
        #expect(mailbox.delay == .zero)
        mailbox.post(.stop)
        time.advance(by: .seconds(1))
        #expect(mailbox.delay == .seconds(1))
        _ = mailbox.close()
        #expect(mailbox.delay == .zero)
    }

    /// A callback of libcurl that resumes a task must not signal a loop that is awake: that costs three calls of the kernel.
    @Test func onlyALoopThatWaitsIsWoken() {
        let mailbox = Mailbox()
        func isSignalled() -> Bool {
            var polled = pollfd(fd: mailbox.descriptor, events: Int16(POLLIN), revents: 0)
            return poll(&polled, 1, 0) == 1
        }
        #expect(mailbox.prepareToSleep())
        mailbox.wakeUp()
        #expect(mailbox.post(.stop) && !isSignalled())
        #expect(mailbox.take().count == 1 && mailbox.prepareToSleep())
        #expect(mailbox.post(.stop) && isSignalled())
    }

    @Test func headOfAResponse() {
        var head = ResponseHead()
        for line in ["HTTP/2 103 \r\n", "x: 1\r\n", "\r\n", "HTTP/1.1 200 OK\r\n", "A:  b c\t \r\n", "Empty:\r\n"] {
            let isGood = Array(line.utf8).withUnsafeBytes { head.add($0) }
            #expect(isGood && !head.isComplete)
        }
        #expect(Array("\r\n".utf8).withUnsafeBytes { head.add($0) })
        #expect(head.isComplete)
        #expect(head.status == 200)
        #expect(head.headers == ["A": "b c", "Empty": ""])
        #expect(Array("Trailer: 1\r\n".utf8).withUnsafeBytes { head.add($0) })
        #expect(head.headers.count == 2)
    }

    @Test(arguments: [
        "HTTP/1.1 abc\r\n", "HTTP/1.1\r\n", "\r\n", "HTTP/1.1 99 x\r\n", "HTTP/1.1 2000 x\r\n", "no colon\r\n",
        ": x\r\n",
        " folded: x\r\n", "name : x\r\n",
    ])
    func badHeads(line: String) {
        var head = ResponseHead()
        #expect(!Array(line.utf8).withUnsafeBytes { head.add($0) })
    }

    @Test func endlessHeadIsRefused() {
        var head = ResponseHead()
        let line = Array(("X: " + String(repeating: "y", count: 10_000) + "\r\n").utf8)
        let accepted = (0..<100).prefix { _ in line.withUnsafeBytes { head.add($0) } }
        #expect(accepted.count < 30)
    }

    @Test(
        arguments: [
            (CURLE_COULDNT_CONNECT, "refused", false, HTTPError.connect("refused")),
            (CURLE_COULDNT_RESOLVE_HOST, "x", false, .resolve("x")),
            (CURLE_OPERATION_TIMEDOUT, "", false, .timedOut(.connecting)),
            (CURLE_PEER_FAILED_VERIFICATION, "bad", false, .tls("bad")),
            (
                CURLE_SSL_CONNECT_ERROR, "Recv failure: Connection reset by peer", false,
                .connect("Recv failure: Connection reset by peer")
            ),
            (
                CURLE_RECV_ERROR, "SSL_read: tlsv13 alert certificate required", true,
                .tls("SSL_read: tlsv13 alert certificate required")
            ),
            (
                CURLE_RECV_ERROR, "OpenSSL SSL_read: error: sslv3 alert bad certificate", true,
                .tls("OpenSSL SSL_read: error: sslv3 alert bad certificate")
            ),
            (CURLE_RECV_ERROR, "SSL_read: tlsv1 alert unknown ca", true, .tls("SSL_read: tlsv1 alert unknown ca")),
            (
                CURLE_RECV_ERROR, "SSL_read: tlsv1 alert internal error", true,
                .reset(bytesSeen: false, "SSL_read: tlsv1 alert internal error")
            ),
            (
                CURLE_SEND_ERROR, "SSL_write: sslv3 alert handshake failure", true,
                .reset(bytesSeen: false, "SSL_write: sslv3 alert handshake failure")
            ),
            (CURLE_UNSUPPORTED_PROTOCOL, "HTTP/0.9", true, .protocolViolation("HTTP/0.9")),
            (CURLE_RECV_ERROR, "Recv failure", true, .reset(bytesSeen: false, "Recv failure")),
            (CURLE_PARTIAL_FILE, "cut", true, .reset(bytesSeen: false, "cut")),
            (CURLE_HTTP2, "goaway", true, .reset(bytesSeen: false, "goaway")),
        ] as [(CURLcode, String, Bool, HTTPError)])
    func codesBecomeTypedErrors(code: CURLcode, detail: String, isConnected: Bool, expected: HTTPError) {
        let failure = CurlFailure(
            code: code, detail: detail, isConnected: isConnected, hasSent: isConnected, bytesSeen: false)
        #expect(failure.error == expected)
    }

    @Test(
        arguments: [
            (CURLE_SEND_ERROR, false, .notSent("x")), (CURLE_SEND_ERROR, true, .reset(bytesSeen: false, "x")),
            (CURLE_GOT_NOTHING, true, .reset(bytesSeen: false, "x")), (CURLE_RECV_ERROR, false, .notSent("x")),
        ] as [(CURLcode, Bool, HTTPError)])
    func whatWasNotSentIsSaid(code: CURLcode, hasSent: Bool, expected: HTTPError) {
        let failure = CurlFailure(code: code, detail: "x", isConnected: true, hasSent: hasSent, bytesSeen: false)
        #expect(failure.error == expected)
    }
}
