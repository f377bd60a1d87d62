import KubernetesClient
import KubernetesModel
import Primitives

extension NamespaceEnvironment {
    /// Puts another sandbox in the place of one that was evicted, has ended, or cannot be brought to run; its first command is
    /// told so, since the files of the old one are gone.
    ///
    /// Waits until the old one has gone, which takes as long as its node needs: to be called within a time limit.
    ///
    /// - Parameters:
    ///   - isMissed: whether there was one; a sandbox that was never there is made by ``prepare()``, and nobody is told.
    ///   - broken: why the one that seems to be well is to be replaced all the same.
    /// - Returns: what became of the old one; nil where it stays.
    /// - Throws: what the server said to a look, a deletion or the new pod.
    @discardableResult
    package func replaceSandbox(isMissed: Bool, broken: String? = nil) async throws(EnvironmentError) -> String? {
        let pod = try await sandbox()
        guard let cause = pod == nil ? (isMissed ? "it was deleted" : nil) : pod.flatMap(Self.end) ?? broken else {
            return nil
        }
        if let pod { try await remove(pod) }
        try await ObjectMaker(client: client, time: time, taskUID: plan.request.taskUID)
            .make(plan.sandbox(notice: Self.notice(cause)))
        return cause
    }

    /// Why a pod will never take a command again; nil for one that will.
    private static func end(of pod: Pod) -> String? {
        if pod.metadata.isBeingDeleted { return "it was deleted" }
        if [.failed, .succeeded].contains(pod.status.phase) {
            let words = [pod.status.reason, pod.status.message].filter { !$0.isEmpty }
            return words.isEmpty ? "it ended" : words.joined(separator: ": ")
        }
        // Memory that files fill stays full however often the container is started.
        for container in pod.status.containerStatuses {
            if case .waiting("CrashLoopBackOff", _) = container.state { return "it could not be kept running" }
        }
        return nil
    }

    private static func notice(_ cause: String) -> String {
        let words = String(cause.map { $0.isASCII && !$0.isNewline ? $0 : " " }.prefix(160))
        return "the sandbox was lost (\(words)) and made anew: the files of earlier commands are gone"
    }

    private func sandbox() async throws(EnvironmentError) -> Pod? {
        do {
            return try await client.get(Pod.self, plan.sandboxPod)
        } catch {
            if error.isNotFound { return nil }
            throw .observe(error)
        }
    }

    /// Deletes the pod that was seen and waits until nothing of its name is left.
    private func remove(_ pod: Pod) async throws(EnvironmentError) {
        do {
            try await client.delete(
                .pods, plan.sandboxPod, DeleteOptions(uid: pod.metadata.uid, gracePeriodSeconds: 1))
        } catch {
            guard error.isNotFound || error.isConflict else { throw .observe(error) }
        }
        while try await sandbox()?.metadata.uid == pod.metadata.uid {
            do { try await time.sleep(for: .milliseconds(250)) } catch { throw .cancelled }
        }
    }
}
