import AIOpsAPI
import KubernetesModel
import Primitives
import Problems
import Telemetry

/// Takes the fault back after the grading.
///
/// Its failure changes no verdict: the namespace goes anyway, with the fault in it.
struct RecoverStage {
    private let context: RunContext
    private let session: ProblemSession

    init(_ context: RunContext, _ session: ProblemSession) {
        self.context = context
        self.session = session
    }

    func run() async throws(RunStop) {
        let (context, session) = (context, session)
        guard let undo = await context.record.status.recordedUndo else { return }
        let recovered: Bool
        do {
            try await context.grading(.seconds(60)) {
                try await session.recover(undo)
                try await session.awaitServing(within: .seconds(30))
            }
            recovered = true
        } catch {
            guard case .failed(let failure) = error else { throw error }
            context.services.logger.warning(
                "the fault was not taken back cleanly",
                ["task": "\(context.record.key)", "error": .describing(failure)])
            recovered = false
        }
        try await context.record.update { status, _ in
            status.result?.scores["recovered"] = recovered ? "true" : "false"
            // Taken back, or about to go with its namespace: nothing of it is left to undo.
            status.environment?.inventory.removeAll { $0.undo != nil }
        }
    }
}
