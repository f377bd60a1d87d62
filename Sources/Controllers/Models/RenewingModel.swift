package import LanguageModels
import Primitives

/// A model whose key is read anew when its provider refuses it.
///
/// Keys are rotated while runs go on, and a run that has cost so much is worth another look at the Secret. Invariants: a
/// refused call is made once more at most, and only with another key, to the same model at the same address; nothing else of
/// the run changes.
package struct RenewingModel: LanguageModel {
    private let current: Locked<any LanguageModel>
    private let renew: @Sendable () async -> (any LanguageModel)?

    /// `renew` gives the model with the key as it is now; nil where that is the one which was refused, or cannot be read.
    package init(_ model: any LanguageModel, renew: @escaping @Sendable () async -> (any LanguageModel)?) {
        current = Locked(model)
        self.renew = renew
    }

    package var descriptor: ModelDescriptor { current.withLock { $0.descriptor } }

    package func worstCase(_ request: ModelRequest) -> TokenUsage { current.withLock { $0 }.worstCase(request) }

    package func probe() async throws(ModelError) { try await current.withLock { $0 }.probe() }

    package func objection(to request: ModelRequest) -> String? { current.withLock { $0 }.objection(to: request) }

    package func complete(_ request: ModelRequest) async throws(ModelError) -> ModelReply {
        let model = current.withLock { $0 }
        do {
            return try await model.complete(request)
        } catch .authenticationFailed(let message) {
            // Nothing was done for a key that is refused, so nothing is paid twice.
            guard let next = await renew(), next.descriptor == model.descriptor else {
                throw .authenticationFailed(message)
            }
            current.withLock { $0 = next }
            return try await next.complete(request)
        }
    }
}
