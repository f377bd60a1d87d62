import JSON
package import KubernetesClient
import KubernetesModel
import Lifecycle
package import Primitives

/// Gathers what helps to understand a failed run: pods, events and the last words of every container.
///
/// What cannot be read becomes a line in the bundle, since a bundle with gaps is better than none.
///
/// Logs come from kubelets, which may be the very thing that is broken: each is waited for `logWait`, all together for
/// `limit`, so that the release that follows is never held up for good.
package struct DiagnosticsCollector: Sendable {
    private let client: KubernetesClient
    private let namespaces: [String]
    private let time: any TimeSource
    private let redact: @Sendable (String) -> String

    private static let logLines = 50
    private static let events = 200
    private static let pods = 60
    private static let logWait = Duration.seconds(10)
    private static let limit = Duration.seconds(30)

    /// - Parameters:
    ///   - client: reads with the operator's rights.
    ///   - namespaces: the application's first.
    ///   - time: by which the waiting for logs is bounded.
    ///   - redact: takes secrets out of a text before it is kept.
    package init(
        client: KubernetesClient, namespaces: [String], time: any TimeSource,
        redact: @escaping @Sendable (String) -> String
    ) {
        self.client = client
        self.namespaces = namespaces
        self.time = time
        self.redact = redact
    }

    package func collect() async -> DiagnosticsBundle {
        var bundle = DiagnosticsBundle()
        let end = time.monotonicNow() + Self.limit
        for namespace in namespaces {
            let pods = await pods(namespace, &bundle)
            await events(namespace, &bundle)
            for pod in pods.prefix(Self.pods) { await logs(pod, until: end, &bundle) }
        }
        return bundle
    }

    private func pods(_ namespace: String, _ bundle: inout DiagnosticsBundle) async -> [Pod] {
        do {
            let pods = try await client.list(Pod.self, namespace: namespace).items
            bundle.add("pods of \(namespace)", redact(PodSummary.table(pods)))
            return pods
        } catch {
            bundle.add("pods of \(namespace)", redact("cannot be listed: \(error.message)"))
            return []
        }
    }

    private func events(_ namespace: String, _ bundle: inout DiagnosticsBundle) async {
        do {
            let events = try await client.listDynamic(.coreEvents, namespace: namespace).items.map(EventLine.init)
            let lines = events.sorted { $0.time < $1.time }.suffix(Self.events).map(\.text)
            bundle.add("events of \(namespace)", redact(lines.joined(separator: "\n")))
        } catch {
            bundle.add("events of \(namespace)", redact("cannot be listed: \(error.message)"))
        }
    }

    private func logs(_ pod: Pod, until end: Duration, _ bundle: inout DiagnosticsBundle) async {
        for container in pod.spec.containers {
            let title = "log of \(pod.metadata.key) \(container.name)"
            let restarted = pod.status.containerStatuses.contains { $0.name == container.name && $0.restartCount > 0 }
            for previous in restarted ? [true, false] : [false] {
                let options = LogOptions(
                    container: container.name, tailLines: Self.logLines, previous: previous, limitBytes: 32 * 1024)
                let left = end - time.monotonicNow()
                guard left > .zero else {
                    bundle.add(title, "not read: the time for diagnostics was over")
                    continue
                }
                do {
                    let bytes = try await withDeadline(min(left, Self.logWait), time: time) { [client] in
                        try await client.logs(pod.metadata.key, options)
                    }
                    bundle.add(
                        previous ? title + ", before its restart" : title,
                        redact(String(decoding: bytes, as: UTF8.self)))
                } catch is DeadlineExceeded {
                    bundle.add(title, "cannot be read: the kubelet did not answer in time")
                } catch {
                    bundle.add(
                        title, redact("cannot be read: \((error as? KubernetesError)?.message ?? "\(error)")"))
                }
            }
        }
    }
}

/// An event as one line that sorts by time.
private struct EventLine {
    let time: String
    let text: String

    init(_ event: DynamicObject) {
        let value = event.value
        time =
            [value["lastTimestamp"], value["eventTime"], value["metadata"]?["creationTimestamp"]]
            .compactMap { $0?.stringValue }.first { !$0.isEmpty } ?? ""
        let about = value["involvedObject"]
        let object = "\(about?["kind"]?.stringValue ?? "?")/\(about?["name"]?.stringValue ?? "?")"
        let count = value["count"]?.integerValue.map { $0 > 1 ? " (\($0) times)" : "" } ?? ""
        text =
            "\(time) \(value["type"]?.stringValue ?? "") \(value["reason"]?.stringValue ?? "") \(object): "
            + (value["message"]?.stringValue ?? "") + count
    }
}

extension NamespaceEnvironment {
    /// What to keep before the environment is released.
    package func diagnostics(redact: @escaping @Sendable (String) -> String = { $0 }) async -> DiagnosticsBundle {
        await DiagnosticsCollector(client: client, namespaces: plan.names.all, time: time, redact: redact).collect()
    }
}
