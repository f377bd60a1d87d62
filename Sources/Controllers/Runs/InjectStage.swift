import AIOpsAPI
import Environments
import KubernetesModel
import Primitives
import Problems

/// Breaks the application and waits until the break is seen; the undo is in status before the fault is made (I9).
struct InjectStage {
    /// Twice as long as a server may be away for, in the middle of it.
    private static let limit = Duration.seconds(150)

    private let context: RunContext
    private let session: ProblemSession

    init(_ context: RunContext, _ session: ProblemSession) {
        self.context = context
        self.session = session
    }

    func run() async throws(RunStop) {
        let status = await context.record.status
        guard !status.conditions.isTrue(.faultInjected) else { return }
        let (context, session) = (context, session)
        let isTwin = session.problem.fault == .none
        try await context.stage(
            .injecting, phase: .injecting, .injecting, isTwin ? "checking that all is well" : "injecting the fault"
        ) {
            () async throws(RunStop) in
            var undo = status.recordedUndo
            if undo == nil {
                undo = try await context.within(Self.limit, else: .injectionFailed, "the fault could not be planned") {
                    try await session.planFault()
                }
                if let undo {
                    let application = context.plan.names.application
                    try await context.record.update { status, _ in
                        status.recordUndo(undo, namespace: application)
                    }
                }
            }
            let recorded = undo
            try await context.within(Self.limit, else: .injectionFailed, "the fault could not be injected") {
                try await session.inject(recorded)
                try await session.awaitInEffect(within: Self.limit)
            }
            let generation = context.generation
            try await context.record.update { status, now in
                status.end(.injecting, now: now)
                status.mark(
                    .faultInjected, .true, isTwin ? .notNeeded : .done,
                    isTwin ? "nothing to inject; the front door serves" : "the fault was seen to be in effect",
                    generation: generation, now: now)
            }
        }
        await context.report(
            isTwin ? "NoFault" : "FaultInjected", "Inject", isTwin ? "nothing to inject" : "the fault is in effect")
    }
}

extension AIOpsTask.Status {
    /// How the fault of this attempt is taken back, as it stands in the inventory.
    var recordedUndo: String? { environment?.inventory.compactMap(\.undo).first }

    mutating func recordUndo(_ undo: String, namespace: String) {
        guard recordedUndo == nil else { return }
        var entry = AIOpsTask.InventoryEntry()
        entry.apiVersion = "aiops.dev/v1alpha1"
        entry.kind = "Fault"
        entry.namespace = namespace
        entry.name = "fault"
        entry.undo = undo
        environment?.inventory.append(entry)
    }
}
