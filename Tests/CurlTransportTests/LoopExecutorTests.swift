import CurlTransport
import Glibc
import HTTP
import HTTPTesting
import Primitives
import Testing

@Suite(.timeLimit(.minutes(1))) struct LoopExecutorTests {
    /// The kernel's name of the thread that asks.
    private static func threadName() -> String {
        guard let file = fopen("/proc/thread-self/comm", "r") else { return "" }
        defer { fclose(file) }
        var name = [UInt8](repeating: 0, count: 16)
        let count = fread(&name, 1, name.count, file)
        return String(decoding: name.prefix(count).dropLast(), as: UTF8.self)
    }

    private static func nameAfterSuspension() async -> String {
        await Task.yield()
        return threadName()
    }

    @Test func tasksRunWhereTheBytesComeIn() async throws {
        let server = try RawServer { $0.respond("ok") }
        let names = try await withTransport { transport in
            // The loop takes jobs from its first turn on, so that it has to have answered once.
            _ = try await transport.send(HTTPRequest(url: server.url)).body.collect(upTo: 10)
            return try await withTaskExecutorPreference(transport.executor) {
                let before = await Self.nameAfterSuspension()
                _ = try await transport.send(HTTPRequest(url: server.url)).body.collect(upTo: 10)
                async let child = Self.nameAfterSuspension()
                return [before, Self.threadName(), await child]
            }
        }
        #expect(names == ["http-loop", "http-loop", "http-loop"])
    }

    @Test func jobsOfALoopThatDoesNotRunGoToThePool() async throws {
        let early = CurlTransport()
        let before = await withTaskExecutorPreference(early.executor) { await Self.nameAfterSuspension() }
        let late = try await withTransport { $0 }
        let after = await withTaskExecutorPreference(late.executor) { await Self.nameAfterSuspension() }
        #expect(before != "http-loop" && after != "http-loop")
    }

    /// A task that is always ready must not keep an answer from coming in.
    @Test func connectionsAreServedBetweenJobs() async throws {
        let server = try RawServer { $0.respond("ok") }
        let hasAnswer = Locked(false)
        let wasServed = try await withTransport { transport in
            _ = try await transport.send(HTTPRequest(url: server.url)).body.collect(upTo: 10)
            return try await withTaskExecutorPreference(transport.executor) {
                async let answer: Void = {
                    _ = try await transport.send(HTTPRequest(url: server.url)).body.collect(upTo: 10)
                    hasAnswer.withLock { $0 = true }
                }()
                var turns = 0
                while !hasAnswer.withLock({ $0 }), turns < 3_000_000 {
                    await Task.yield()
                    turns += 1
                }
                let wasServed = hasAnswer.withLock { $0 }
                try await answer
                return wasServed
            }
        }
        #expect(wasServed)
    }
}
