import Environments
import KubernetesClient
import KubernetesModel

/// Makes a Service lead to the wrong port, and back.
struct TargetPortFault {
    let spec: TargetPortMisconfiguration
    let client: KubernetesClient
    let namespace: String

    /// A patch that lost a race is planned anew so many times.
    private static let attempts = 3

    private func service(_ name: String) async throws(KubernetesError) -> Service {
        try await client.get(Service.self, ObjectKey(namespace: namespace, name: name))
    }

    func plan() async throws(ProblemError) -> FaultUndo {
        let service: Service
        do {
            service = try await self.service(spec.service)
        } catch {
            throw .inject(error)
        }
        let ports = service.spec.ports.filter { ($0.targetPort ?? .int($0.port)) == .int(spec.from) }
        guard !ports.isEmpty else {
            throw .faultNotApplicable("no port of Service \(spec.service) leads to \(spec.from)")
        }
        return FaultUndo(
            kind: FaultSpec.targetPort(spec).kind, service: spec.service, uid: service.metadata.uid,
            ports: ports.map(\.port), from: spec.from, to: spec.to)
    }

    /// Done already is done: a crash may have come between the patch and the note of it.
    func inject(_ undo: FaultUndo) async throws(ProblemError) {
        try await change(undo, from: undo.from, to: undo.to, mustChange: true)
    }

    /// A Service that is gone, replaced, or leads somewhere else by now has nothing of the fault left in it.
    func recover(_ undo: FaultUndo) async throws(ProblemError) {
        try await change(undo, from: undo.to, to: undo.from, mustChange: false)
    }

    private func change(_ undo: FaultUndo, from: Int, to: Int, mustChange: Bool) async throws(ProblemError) {
        for attempt in 1...Self.attempts {
            let step: TargetPortSwitch.Step
            do {
                step = try await tryOnce(undo, from: from, to: to)
            } catch {
                if error.isNotFound, !mustChange { return }
                // Refused because a test failed: somebody changed the Service in between.
                if case .invalid = error.kind, attempt < Self.attempts { continue }
                throw mustChange ? .inject(error) : .recover(error)
            }
            if case .elsewhere(let why) = step, mustChange {
                throw .faultNotApplicable("Service \(undo.service): \(why)")
            }
            return
        }
    }

    /// Does the patch that is called for, if any.
    private func tryOnce(
        _ undo: FaultUndo, from: Int, to: Int
    ) async throws(KubernetesError) -> TargetPortSwitch.Step {
        let service = try await self.service(undo.service)
        guard service.metadata.uid == undo.uid else { return .elsewhere("it was replaced") }
        let step = TargetPortSwitch.step(service, ports: undo.ports, from: from, to: to)
        if case .patch(let operations) = step {
            let options = WriteOptions(fieldManager: ObjectMaker.fieldManager)
            _ = try await client.patch(Service.self, service.key, .json(operations), options: options)
        }
        return step
    }
}
