import HTTP
import HTTPTesting
import Primitives
import Testing

@Suite(.timeLimit(.minutes(1))) struct BodyTests {
    private func offer(_ buffer: inout BodyBuffer, _ count: Int) -> BodyBuffer.Offer {
        [UInt8](repeating: 1, count: count).withUnsafeBytes { buffer.offer($0) }
    }

    @Test func fullBufferRefusesAndTellsOnceWhenThereIsRoom() {
        var buffer = BodyBuffer(limit: 10, whenFull: .pause)
        #expect(offer(&buffer, 6) == .accepted)
        #expect(offer(&buffer, 5) == .refused)
        #expect(buffer.take() == .bytes(Array(repeating: 1, count: 6), resumesProducer: true))
        #expect(offer(&buffer, 5) == .accepted)
        #expect(buffer.take() == .bytes(Array(repeating: 1, count: 5), resumesProducer: false))
        #expect(buffer.take() == .wait)
    }

    @Test func pieceLargerThanTheLimitFitsAnEmptyBuffer() {
        var buffer = BodyBuffer(limit: 10, whenFull: .pause)
        #expect(offer(&buffer, 100) == .accepted)
        #expect(offer(&buffer, 1) == .refused)
    }

    @Test func failingBufferGivesUpAtItsLimit() {
        var buffer = BodyBuffer(limit: 10, whenFull: .fail)
        #expect(offer(&buffer, 10) == .accepted)
        #expect(offer(&buffer, 1) == .unwanted)
        #expect(buffer.take() == .failed(.fellBehind(limit: 10)))
        #expect(offer(&buffer, 1) == .unwanted)
    }

    @Test func bytesComeBeforeTheEndAndTheFirstEndCounts() {
        var buffer = BodyBuffer(limit: 10, whenFull: .pause)
        _ = offer(&buffer, 1)
        buffer.finish(.stopped)
        buffer.finish(nil)
        #expect(buffer.take() == .bytes([1], resumesProducer: false))
        #expect(buffer.take() == .failed(.stopped))
    }

    @Test func collectIsBounded() async throws {
        #expect(try await HTTPBody(bytes: [1, 2, 3]).collect(upTo: 3) == [1, 2, 3])
        await #expect(throws: HTTPError.tooLarge(limit: 2)) { try await HTTPBody(bytes: [1, 2, 3]).collect(upTo: 2) }
        #expect(try await HTTPBody(bytes: []).collect() == [])
    }

    @Test func waitingReaderGetsWhatComesLater() async throws {
        let stream = ScriptedBody()
        let body = stream.body
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask { try await body.collect() }
            for byte in UInt8(0)..<100 { stream.send([byte]) }
            stream.finish()
            let collected = try await group.next()
            #expect(collected == Array(0..<100))
        }
    }

    @Test func droppedBodyIsAbandonedOnce() async {
        let stream = ScriptedBody()
        do {
            let body = stream.body
            #expect(!stream.isAbandoned)
            withExtendedLifetime(body) {}
        }
        await stream.waitUntilAbandoned()
        #expect(stream.isAbandoned)
    }

    @Test func cancelledReaderAbandons() async {
        let stream = ScriptedBody()
        let body = stream.body
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await #expect(throws: HTTPError.cancelled) { try await body.collect() } }
            group.cancelAll()
        }
        #expect(stream.isAbandoned)
    }
}
