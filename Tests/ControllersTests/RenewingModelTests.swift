import LanguageModelTesting
import LanguageModels
import Primitives
import SimulationTesting
import Testing

@testable import Controllers

@Suite struct RenewingModelTests {
    private struct Model: LanguageModel {
        var name = "m"
        let failure: ModelError?
        let asked = Locked(0)
        var takes = Duration.zero
        var time = SkippingTimeSource()
        /// What the calls were given.
        let limits = Locked<[Duration]>([])

        var descriptor: ModelDescriptor { ModelDescriptor(provider: "OpenAICompatible", name: name) }
        func worstCase(_ request: ModelRequest) -> TokenUsage { TokenUsage() }

        func complete(_ request: ModelRequest) async throws(ModelError) -> ModelReply {
            asked.withLock { $0 += 1 }
            limits.withLock { $0.append(request.timeLimit) }
            time.advance(by: takes)
            if let failure { throw failure }
            return ModelReply(content: name, finishReason: .stop, usage: TokenUsage(), modelID: name)
        }
    }

    private static let request = ModelRequest(messages: [], maxTokens: 1, timeLimit: .seconds(1))

    @Test func aRefusedCallIsMadeOnceMoreWithTheNewKeyAndThenAlways() async throws {
        let (old, new) = (Model(failure: .authenticationFailed("old")), Model(failure: nil))
        let model = RenewingModel(old, time: SkippingTimeSource()) { new }
        for _ in 0..<3 { _ = try await model.complete(Self.request) }
        #expect(old.asked.withLock { $0 } == 1 && new.asked.withLock { $0 } == 3)
    }

    /// The refusal and the reading of the new key are part of the call: what is left of its time is what the other one has, and
    /// with nothing left it is not made, which is the fault of neither key.
    @Test(arguments: [(3, 4, 3), (3, 7, 0), (6, 9, 0)] as [(Int64, Int64, Int64)])
    func theSecondCallHasWhatIsLeftOfTheTime(refusal: Int64, reading: Int64, left: Int64) async throws {
        let time = SkippingTimeSource()
        let old = Model(failure: .authenticationFailed("old"), takes: .seconds(refusal), time: time)
        let new = Model(failure: nil)
        let model = RenewingModel(old, time: time) {
            time.advance(by: .seconds(reading))
            return new
        }
        var request = Self.request
        request.timeLimit = .seconds(10)
        do {
            _ = try await model.complete(request)
            #expect(left > 0)
        } catch {
            #expect(left == 0 && error.isRetryable && !error.mayHaveBeenCharged, "\(error)")
        }
        #expect(new.limits.withLock { $0 } == (left > 0 ? [.seconds(left)] : []))
        // The next call has the new key from its start, and all of its time.
        _ = try await model.complete(request)
        #expect(new.limits.withLock { $0.last } == .seconds(10) && old.asked.withLock { $0 } == 1)
    }

    /// The provider's word stands where no other key is to be had, where that one is refused as well, or belongs to another model.
    @Test(arguments: ["none", "refused", "other"]) func otherwiseTheRefusalStands(what: String) async {
        let old = Model(failure: .authenticationFailed("no"))
        let next: Model? =
            switch what {
            case "refused": Model(failure: .authenticationFailed("no"))
            case "other": Model(name: "another", failure: nil)
            default: nil
            }
        let model = RenewingModel(old, time: SkippingTimeSource()) { next }
        await #expect(throws: ModelError.authenticationFailed("no")) { try await model.complete(Self.request) }
        #expect(old.asked.withLock { $0 } == 1)
        #expect((next?.asked.withLock { $0 } ?? 0) == (what == "refused" ? 1 : 0))
    }

    @Test(arguments: [
        ModelError.unavailable("x"), .connectionLost("x"), .timedOut, .invalidRequest("x"), .quotaExhausted("x"),
    ])
    func whatIsNoRefusalOfTheKeyReadsNothing(failure: ModelError) async {
        let read = Locked(0)
        let model = RenewingModel(Model(failure: failure), time: SkippingTimeSource()) {
            read.withLock { $0 += 1 }
            return nil
        }
        await #expect(throws: failure) { try await model.complete(Self.request) }
        #expect(read.withLock { $0 } == 0)
    }
}
