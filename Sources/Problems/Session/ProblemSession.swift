package import Environments
package import KubernetesClient
import KubernetesModel
package import Primitives

/// One problem on one namespace, step by step: deploy, be healthy, note the baseline, start the workload, break,
/// see it broken, grade, mend.
///
/// Every step may be repeated after a crash. What a later step needs of an earlier one (baseline, undo) is handed to
/// the caller as one line of text, to be written where it survives before the next step.
package struct ProblemSession: Sendable {
    package let problem: Problem
    package let placement: Placement
    let client: KubernetesClient
    let time: any TimeSource
    private let pods: any PodCommands

    /// A session at the placement; `pods` runs commands in pods, the client itself when nil.
    package init(
        problem: Problem, placement: Placement, client: KubernetesClient, time: any TimeSource,
        pods: (any PodCommands)? = nil
    ) {
        self.problem = problem
        self.placement = placement
        self.client = client
        self.time = time
        self.pods = pods ?? client
    }

    var application: any Application { problem.application.definition }
    var observer: StateObserver { StateObserver(client: client, namespace: placement.namespace) }

    var frontDoor: FrontDoorCaller {
        FrontDoorCaller(
            client: client, pods: pods, namespace: placement.namespace, job: application.workloadJob,
            door: application.frontDoor)
    }

    package func deploy() async throws(ProblemError) { try await make(application.manifests(placement)) }

    package func startWorkload() async throws(ProblemError) { try await make([application.workload(placement)]) }

    private func make(_ objects: [PlannedObject]) async throws(ProblemError) {
        let maker = ObjectMaker(client: client, time: time, taskUID: placement.taskUID)
        for planned in objects {
            do { try await maker.make(planned) } catch { throw .deploy(planned.key, error) }
        }
    }

    /// Waits until every Deployment is rolled out and every pod is ready.
    package func awaitHealthy(
        within limit: Duration, progress: @Sendable (String) -> Void = { _ in }
    ) async throws(ProblemError) {
        try await wait(limit, progress) { () async throws(ProblemError) in
            let state = try await observer.observe()
            let missing: [Shortfall] = application.deployments.compactMap { name in
                guard let deployment = state.deployment(name) else {
                    return Shortfall("DeploymentMissing", "Deployment \(name) is not there")
                }
                return deployment.isRolledOut
                    ? nil : Shortfall("RollingOut", "Deployment \(name) is not rolled out")
            }
            return missing + PodHealth.shortfalls(in: state.pods)
        }
    }

    /// Waits until the front door serves; the workload must have been started.
    package func awaitServing(
        within limit: Duration, progress: @Sendable (String) -> Void = { _ in }
    ) async throws(ProblemError) {
        try await wait(limit, progress) { () async throws(ProblemError) in
            let answer: FrontDoorAnswer
            do throws(ProblemError) {
                answer = try await frontDoor.call()
            } catch {
                guard case .probe(let why) = error else { throw error }
                return [Shortfall("FrontDoorUnreachable", why)]
            }
            return answer.isGood
                ? [] : [Shortfall("FrontDoorFailing", "the front door answers \(answer.status)")]
        }
    }

    /// How the application is now, to be recorded before the fault.
    package func captureBaseline() async throws(ProblemError) -> String {
        let state = try await observer.observe()
        let label = (key: EnvironmentNames.uidLabel, value: placement.taskUID)
        return try Baseline(state, deployments: application.deployments, label: label).encoded()
    }

    /// Looks every half second until nothing is wrong or time is up.
    private func wait(
        _ limit: Duration, _ progress: @Sendable (String) -> Void,
        _ look: () async throws(ProblemError) -> [Shortfall]
    ) async throws(ProblemError) {
        let deadline = time.monotonicNow() + limit
        var last = ""
        while true {
            let shortfalls = try await look()
            guard let first = shortfalls.first else { return }
            if first.message != last {
                last = first.message
                progress(last)
            }
            guard time.monotonicNow() < deadline else { throw .notHealthy(shortfalls) }
            do { try await time.sleep(for: .milliseconds(500)) } catch { throw .cancelled }
        }
    }
}
