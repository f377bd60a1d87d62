package import Environments
package import KubernetesClient
import KubernetesModel

/// What the front door answered.
package struct FrontDoorAnswer: Sendable, Hashable {
    /// Zero when no answer came.
    package var status: Int

    package init(status: Int) { self.status = status }

    package var isGood: Bool { status == 200 }
}

/// Calls the front door as a user would: from a pod of the namespace, by name, through the real Service.
///
/// The script is ours and comes with every call; what stands in the pod's files is not relied upon, since a
/// mitigation may change them.
package struct FrontDoorCaller: Sendable {
    private let client: KubernetesClient
    private let pods: any PodCommands
    private let namespace: String
    private let job: String
    private let door: FrontDoor

    package init(
        client: KubernetesClient, pods: any PodCommands, namespace: String, job: String, door: FrontDoor
    ) {
        self.client = client
        self.pods = pods
        self.namespace = namespace
        self.job = job
        self.door = door
    }

    package func call() async throws(ProblemError) -> FrontDoorAnswer {
        let pod = try await callingPod()
        let result: ExecResult
        do {
            result = try await pods.exec(
                pod,
                ExecRequest(
                    command: ["/bin/sh", "-c", Self.script, "call", door.authority, door.service, String(door.port)],
                    timeout: .seconds(10), outputLimit: 4096))
        } catch {
            if error.isCancelled { throw .cancelled }
            throw .probe(error.message)
        }
        if let failure = result.failure { throw .probe(failure) }
        if result.timedOut { return FrontDoorAnswer(status: 0) }
        guard result.exitCode == 0 else {
            throw .probe(String(decoding: result.stderr.prefix(200), as: UTF8.self))
        }
        let digits = result.stdout.filter { (48...57).contains($0) }.prefix(3)
        return FrontDoorAnswer(status: Int(String(decoding: digits, as: UTF8.self)) ?? 0)
    }

    /// A running pod of the workload Job.
    ///
    /// The owner counts, not only the label, which anybody may set.
    private func callingPod() async throws(ProblemError) -> ObjectKey {
        let list: [Pod]
        do {
            let labelled = LabelSelector(["app": job])
            list = try await client.list(Pod.self, namespace: namespace, options: ListOptions(labels: labelled)).items
        } catch {
            throw .observe(error)
        }
        let running = list.first { pod in
            pod.status.phase == .running && !pod.metadata.isBeingDeleted
                && pod.metadata.controllerOwner.map { $0.kind == "Job" && $0.name == job } == true
        }
        guard let running else { throw .probe("no pod of Job \(job) is running") }
        return running.metadata.key
    }

    /// Prints the status, by whichever client the image has.
    private static let script = #"""
        status() { sed -n 's|.*HTTP/1\.[01] \([0-9][0-9][0-9]\).*|\1|p' | head -n 1; }
        if command -v wget >/dev/null 2>&1; then
            timeout 5 wget -S -O /dev/null "http://$1/" 2>&1 | status
        elif command -v curl >/dev/null 2>&1; then
            curl -s -o /dev/null -m 5 -w '%{http_code}' "http://$1/" || true
        else
            printf 'GET / HTTP/1.0\r\nHost: %s\r\n\r\n' "$1" | timeout 5 nc "$2" "$3" | status
        fi
        """#
}
