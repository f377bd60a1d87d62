package import KubernetesClient
import KubernetesModel
package import Primitives

/// Proves, with a pair of pods, whether the cluster enforces NetworkPolicy.
///
/// A policy is an object like any other: a server takes it whether or not a network plug-in heeds it. So one pod calls
/// another, and calls again once a policy forbids it. Invariants: only a call that went through before the policy says
/// anything about the ones after it; whatever comes of it, the namespace is asked to go at the end, and what a crash has left
/// of an earlier proof goes before the next; a namespace of that name that is not ours is left alone.
package struct NetworkProbe: Sendable {
    /// How long the pods may take to start: they may have an image to fetch.
    static let startLimit = Duration.seconds(120)
    /// How long a plug-in may take to bring a policy to its nodes.
    static let policyLimit = Duration.seconds(20)
    private static let pause = Duration.seconds(1)
    private static let callLimit = Duration.seconds(8)

    private let client: KubernetesClient
    private let plan: NetworkProbePlan
    private let time: any TimeSource

    package init(client: KubernetesClient, images: ImageSet, time: any TimeSource) {
        self.client = client
        self.time = time
        plan = NetworkProbePlan(images: images)
    }

    package func prove() async -> NetworkFinding {
        do throws(EnvironmentError) {
            guard try await clear() else {
                return .unknown(
                    "a namespace \(NetworkProbePlan.namespaceName) is there that this operator did not make; rename or delete it"
                )
            }
            let finding: NetworkFinding
            do throws(EnvironmentError) {
                finding = try await compare()
            } catch {
                finding = .unknown("\(error)")
            }
            try await takeDown()
            return finding
        } catch {
            return .unknown("\(error)")
        }
    }

    private func compare() async throws(EnvironmentError) -> NetworkFinding {
        try await make(plan.namespace)
        try await make(plan.listener)
        try await make(plan.caller)
        let address = try await ready(plan.listener).status.podIP
        _ = try await ready(plan.caller)
        guard try await reaches(address, wanted: true, within: .seconds(15)) else {
            return .unknown("one probe pod does not reach the other even without a policy")
        }
        try await make(plan.policy)
        return try await reaches(address, wanted: false, within: Self.policyLimit) ? .open : .isolated
    }

    /// Calls until a call goes as wanted, or the time is over; whether the last one went through.
    private func reaches(
        _ address: String, wanted: Bool, within limit: Duration
    ) async throws(EnvironmentError) -> Bool {
        let deadline = time.monotonicNow() + limit
        while true {
            let result: ExecResult
            do {
                result = try await client.exec(
                    plan.caller.key,
                    ExecRequest(
                        container: NetworkProbePlan.container, command: NetworkProbePlan.call(address),
                        timeout: Self.callLimit, outputLimit: 1024))
            } catch {
                throw .exec(error)
            }
            guard let code = result.exitCode else {
                throw .notReady(what: "the network probe", last: result.failure ?? "its call did not end")
            }
            if (code == 0) == wanted || time.monotonicNow() >= deadline { return code == 0 }
            try await wait()
        }
    }

    private func ready(_ planned: PlannedObject) async throws(EnvironmentError) -> Pod {
        let deadline = time.monotonicNow() + Self.startLimit
        while true {
            let pod: Pod
            do {
                pod = try await client.get(Pod.self, planned.key)
            } catch {
                throw .observe(error)
            }
            if pod.isReady, !pod.status.podIP.isEmpty { return pod }
            guard time.monotonicNow() < deadline else {
                throw .notReady(what: "the network probe", last: PodSummary.waiting(pod))
            }
            try await wait()
        }
    }

    private func make(_ planned: PlannedObject) async throws(EnvironmentError) {
        try await ObjectMaker(client: client, time: time, owner: (NetworkProbePlan.label, NetworkProbePlan.labelValue))
            .make(planned)
    }

    // MARK: Before and after

    /// Takes down what is left of an earlier proof; false where the namespace is somebody else's.
    private func clear() async throws(EnvironmentError) -> Bool {
        guard let found = try await namespace() else { return true }
        guard isOurs(found) else { return false }
        try await takeDown()
        let deadline = time.monotonicNow() + Self.startLimit
        while try await namespace() != nil {
            guard time.monotonicNow() < deadline else { throw .stillTerminating(plan.namespace.key) }
            try await wait()
        }
        return true
    }

    private func takeDown() async throws(EnvironmentError) {
        guard let found = try await namespace(), isOurs(found), !found.metadata.isBeingDeleted else { return }
        do {
            try await client.delete(.namespaces, plan.namespace.key, DeleteOptions(uid: found.metadata.uid))
        } catch {
            guard error.isNotFound || error.isConflict else { throw .release(error) }
        }
    }

    private func namespace() async throws(EnvironmentError) -> Namespace? {
        do {
            return try await client.get(Namespace.self, plan.namespace.key)
        } catch {
            if error.isNotFound { return nil }
            throw .observe(error)
        }
    }

    private func isOurs(_ namespace: Namespace) -> Bool {
        namespace.metadata.labels[NetworkProbePlan.label] == NetworkProbePlan.labelValue
    }

    private func wait() async throws(EnvironmentError) {
        do { try await time.sleep(for: Self.pause) } catch { throw .cancelled }
    }
}
