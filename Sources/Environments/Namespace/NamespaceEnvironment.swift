package import KubernetesClient
import KubernetesModel
package import Primitives

/// Two namespaces on the cluster the operator runs against: one for the application, one for the agent's sandbox.
///
/// Every step may be repeated, by whoever continues after a crash. Whoever calls ``prepare()`` has written the plan's
/// inventory where it survives first.
package struct NamespaceEnvironment: Sendable {
    package let plan: EnvironmentPlan
    let client: KubernetesClient
    let time: any TimeSource

    package init(plan: EnvironmentPlan, client: KubernetesClient, time: any TimeSource) {
        self.plan = plan
        self.client = client
        self.time = time
    }

    /// Makes what is missing, in order.
    package func prepare() async throws(EnvironmentError) {
        let maker = ObjectMaker(client: client, time: time, taskUID: plan.request.taskUID)
        for planned in plan.objects { try await maker.make(planned) }
    }

    /// Waits until the sandbox takes commands.
    ///
    /// - Parameters:
    ///   - limit: how long.
    ///   - progress: told in a few words what is waited for, whenever that changes.
    /// - Throws: ``EnvironmentError/notReady(what:last:)`` when time is up.
    package func awaitReady(
        within limit: Duration, progress: @Sendable (String) -> Void = { _ in }
    ) async throws(EnvironmentError) {
        let deadline = time.monotonicNow() + limit
        var last = ""
        while true {
            let state = try await sandboxState()
            guard let waitingFor = state else { return }
            if waitingFor != last {
                last = waitingFor
                progress(waitingFor)
            }
            guard time.monotonicNow() < deadline else { throw .notReady(what: "the sandbox", last: last) }
            do { try await time.sleep(for: .milliseconds(500)) } catch { throw .cancelled }
        }
    }

    /// Nil when the sandbox is ready, else what it waits for.
    private func sandboxState() async throws(EnvironmentError) -> String? {
        let pod: Pod
        do {
            pod = try await client.get(Pod.self, plan.sandboxPod)
        } catch {
            if error.isNotFound { return "the sandbox pod does not exist" }
            if error.isRetryable { return error.message }
            throw .observe(error)
        }
        return pod.isReady ? nil : PodSummary.waiting(pod)
    }
}
