import KubernetesModel
import Primitives

extension ProblemSession {
    /// How the fault will be taken back, to be recorded before ``inject(_:)``; nil when there is no fault.
    package func planFault() async throws(ProblemError) -> String? {
        guard let fault = targetPortFault else { return nil }
        return try await fault.plan().encoded
    }

    package func inject(_ undo: String?) async throws(ProblemError) {
        guard let fault = targetPortFault else { return }
        guard let undo else { throw .faultNotApplicable("nothing was recorded to take it back with") }
        try await fault.inject(FaultUndo(encoded: undo))
    }

    /// Takes the fault back; without a record there is nothing to take back.
    package func recover(_ undo: String?) async throws(ProblemError) {
        guard let fault = targetPortFault, let undo else { return }
        try await fault.recover(FaultUndo(encoded: undo))
    }

    /// What speaks against the fault being in effect; nil when it is.
    ///
    /// Both are looked at: the property that is broken, and that users feel it. Without a fault, the front door must
    /// serve.
    package func doubtAboutEffect() async throws(ProblemError) -> String? {
        switch problem.fault {
        case .none:
            let answer = try await frontDoor.call()
            return answer.isGood ? nil : "the front door answers \(answer.status), though there is no fault"
        case .targetPort(let fault):
            guard let service = try await observer.observe().service(fault.service) else {
                return "Service \(fault.service) is gone"
            }
            guard service.spec.ports.contains(where: { $0.targetPort == .int(fault.to) }) else {
                return "no port of Service \(fault.service) leads to \(fault.to)"
            }
            let answer = try await frontDoor.call()
            return answer.isGood ? "the front door still serves" : nil
        }
    }

    /// Waits until the fault is seen: proxies follow a change of a Service some moments later.
    package func awaitInEffect(within limit: Duration) async throws(ProblemError) {
        let deadline = time.monotonicNow() + limit
        while true {
            var doubt: String?
            do {
                doubt = try await doubtAboutEffect()
            } catch {
                guard case .probe(let why) = error else { throw error }
                doubt = why
            }
            guard let doubt else { return }
            guard time.monotonicNow() < deadline else { throw .notInEffect(doubt) }
            do { try await time.sleep(for: .milliseconds(500)) } catch { throw .cancelled }
        }
    }

    private var targetPortFault: TargetPortFault? {
        guard case .targetPort(let spec) = problem.fault else { return nil }
        return TargetPortFault(spec: spec, client: client, namespace: placement.namespace)
    }
}
