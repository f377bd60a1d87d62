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

        var descriptor: ModelDescriptor { ModelDescriptor(provider: "OpenAICompatible", name: name) }
        func worstCase(_ request: ModelRequest) -> TokenUsage { TokenUsage() }

        func complete(_ request: ModelRequest) async throws(ModelError) -> ModelReply {
            asked.withLock { $0 += 1 }
            if let failure { throw failure }
            return ModelReply(content: name, finishReason: .stop, usage: TokenUsage(), modelID: name)
        }
    }

    private static let request = ModelRequest(messages: [], maxTokens: 1, timeLimit: .seconds(1))

    @Test func aRefusedCallIsMadeOnceMoreWithTheNewKeyAndThenAlways() async throws {
        let (old, new) = (Model(failure: .authenticationFailed("old")), Model(failure: nil))
        let model = RenewingModel(old) { new }
        for _ in 0..<3 { _ = try await model.complete(Self.request) }
        #expect(old.asked.withLock { $0 } == 1 && new.asked.withLock { $0 } == 3)
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
        let model = RenewingModel(old) { next }
        await #expect(throws: ModelError.authenticationFailed("no")) { try await model.complete(Self.request) }
        #expect(old.asked.withLock { $0 } == 1)
        #expect((next?.asked.withLock { $0 } ?? 0) == (what == "refused" ? 1 : 0))
    }

    @Test(arguments: [
        ModelError.unavailable("x"), .connectionLost("x"), .timedOut, .invalidRequest("x"), .quotaExhausted("x"),
    ])
    func whatIsNoRefusalOfTheKeyReadsNothing(failure: ModelError) async {
        let read = Locked(0)
        let model = RenewingModel(Model(failure: failure)) {
            read.withLock { $0 += 1 }
            return nil
        }
        await #expect(throws: failure) { try await model.complete(Self.request) }
        #expect(read.withLock { $0 } == 0)
    }
}
