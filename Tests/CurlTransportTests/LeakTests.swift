import CurlTransport
import Glibc
import HTTP
import HTTPTesting
import Primitives
import Testing

/// Ten thousand requests that are cancelled at every stage leave neither a descriptor nor memory behind.
///
/// In a process of its own, since both are counted for the whole process.
@Suite(.timeLimit(.minutes(2))) struct LeakTests {
    @Test func cancelledRequestsLeaveNothing() async {
        await #expect(processExitsWith: .success) { try await CancelledRequests.check() }
    }
}

private enum CancelledRequests {
    struct Leaked: Error { var what: String }

    private static let rounds = 10
    private static let perRound = 1_000

    static func check() async throws {
        // Answers the head of `/head`, nothing of the rest, and reads until the client goes.
        let server = try RawServer { connection in
            while let head = connection.readHead() {
                if head.hasPrefix("GET /head") { connection.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n123") }
                if head.hasPrefix("GET /whole") { connection.respond("whole") }
            }
        }
        let (before, after) = try await withTransport { transport in
            // Whatever is made once is made by now.
            for _ in 0..<2 { try await cancelled(perRound, on: transport, at: server.url) }
            let before = process()
            for _ in 0..<rounds { try await cancelled(perRound, on: transport, at: server.url) }
            var after = process()
            // The server's side of the last ones closes in its own time.
            let clock = ContinuousClock()
            let limit = clock.now + .seconds(20)
            while after.descriptors > before.descriptors + 10, clock.now < limit {
                await Task.yield()
                after = process()
            }
            return (before, after)
        }
        guard after.descriptors <= before.descriptors + 10, after.kilobytes < before.kilobytes + 4_096 else {
            print("before: \(before), after: \(after)")
            throw Leaked(what: "\(before) → \(after)")
        }
    }

    private static func cancelled(_ count: Int, on transport: CurlTransport, at url: String) async throws {
        for start in stride(from: 0, to: count, by: 20) {
            await withTaskGroup(of: Void.self) { group in
                for number in start..<start + 20 {
                    group.addTask { await cancelledExchange(number % 5, transport, url) }
                }
            }
        }
    }

    private static func cancelledExchange(_ stage: Int, _ transport: CurlTransport, _ url: String) async {
        await withTaskGroup(of: Void.self) { group in
            let started = Gate()
            group.addTask {
                started.open()
                do throws(HTTPError) {
                    let path = ["/hang", "/hang", "/head", "/head", "/whole"][stage]
                    let response = try await transport.send(HTTPRequest(url: url + path))
                    if stage != 2 { _ = try await response.body.collect() }
                } catch {
                    if error != .cancelled { Issue.record("\(error)") }
                }
            }
            // Stage 0 is cancelled before it is sent, the others at whatever point they have reached.
            if stage > 0 { await started.wait() }
            if stage == 4 { await group.waitForAll() }
            group.cancelAll()
        }
    }

    private static func process() -> (descriptors: Int, kilobytes: Int) {
        var count = 0
        if let folder = opendir("/proc/self/fd") {
            while readdir(folder) != nil { count += 1 }
            closedir(folder)
        }
        let statm = contents(of: "/proc/self/statm").split(separator: " ").compactMap { Int($0) }
        return (count, statm.count > 2 ? (statm[1] - statm[2]) * 4 : 0)
    }

    private static func contents(of path: String) -> String {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var piece = [UInt8](repeating: 0, count: 4_096)
        let count = read(descriptor, &piece, piece.count)
        return String(decoding: piece[..<max(0, count)], as: UTF8.self)
    }
}
