package import LanguageModels
package import Primitives

/// A model whose key is read anew when its provider refuses it.
///
/// Keys are rotated while runs go on, and a run that has cost so much is worth another look at the Secret. Invariants: a
/// refused call is made once more at most, within the time it was given, and only with another key, to the same model at the
/// same address; nothing else of the run changes.
package struct RenewingModel: LanguageModel {
    private let current: Locked<any LanguageModel>
    private let time: any TimeSource
    private let renew: @Sendable () async -> (any LanguageModel)?

    /// `renew` gives the model with the key as it is now; nil where that is the one which was refused, or cannot be read.
    package init(
        _ model: any LanguageModel, time: any TimeSource,
        renew: @escaping @Sendable () async -> (any LanguageModel)?
    ) {
        current = Locked(model)
        self.time = time
        self.renew = renew
    }

    package var descriptor: ModelDescriptor { current.withLock { $0.descriptor } }

    package func worstCase(_ request: ModelRequest) -> TokenUsage { current.withLock { $0 }.worstCase(request) }

    package func probe() async throws(ModelError) { try await current.withLock { $0 }.probe() }

    package func objection(to request: ModelRequest) -> String? { current.withLock { $0 }.objection(to: request) }

    package func complete(_ request: ModelRequest) async throws(ModelError) -> ModelReply {
        let model = current.withLock { $0 }
        let began = time.monotonicNow()
        do {
            return try await model.complete(request)
        } catch .authenticationFailed(let message) {
            // Nothing was done for a key that is refused, so nothing is paid twice.
            guard let next = await renew(), next.descriptor == model.descriptor else {
                throw .authenticationFailed(message)
            }
            current.withLock { $0 = next }
            var rest = request
            rest.timeLimit -= time.monotonicNow() - began
            // It was never sent, so it says nothing about the provider, and whoever asks again does so with the new key.
            if rest.timeLimit <= .zero { throw .unavailable("no time was left for the call with its new key") }
            return try await next.complete(rest)
        }
    }
}
