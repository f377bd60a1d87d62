package import LanguageModels

/// A model whose answers are counted when they come.
///
/// An answer that is read back from a record later, by whoever goes on with the run, was counted then; one whose run fails
/// afterwards was used all the same.
package struct MeteredModel: LanguageModel {
    private let model: any LanguageModel
    private let metrics: RunMetrics

    package init(_ model: any LanguageModel, metrics: RunMetrics) {
        self.model = model
        self.metrics = metrics
    }

    package var descriptor: ModelDescriptor { model.descriptor }

    package func complete(_ request: ModelRequest) async throws(ModelError) -> ModelReply {
        let reply = try await model.complete(request)
        metrics.used(provider: descriptor.provider, reply.usage)
        return reply
    }

    package func worstCase(_ request: ModelRequest) -> TokenUsage { model.worstCase(request) }

    package func probe() async throws(ModelError) { try await model.probe() }

    package func objection(to request: ModelRequest) -> String? { model.objection(to: request) }
}
