package import HTTP
package import KubernetesClient
import KubernetesModel
package import Primitives
import Telemetry

/// A server to play to, and a namespace of the play's own.
package struct Stage: Sendable {
    package let namespace: String
    let client: KubernetesClient
    /// Waits a little for what the server does in its own time; false when waiting is of no use any more.
    let wait: @Sendable () async -> Bool
    /// Lets a watch that is open come to the end of its time.
    let endWatches: @Sendable () -> Void
    private let transport: RecordingTransport

    package init(
        _ configuration: ClientConfiguration, transport base: any HTTPTransport, time: any TimeSource,
        namespace: String, wait: @escaping @Sendable () async -> Bool, endWatches: @escaping @Sendable () -> Void
    ) {
        transport = RecordingTransport(base)
        client = KubernetesClient(
            configuration: configuration, transport: transport, time: time, logger: .disabled, seed: 1)
        self.namespace = namespace
        self.wait = wait
        self.endWatches = endWatches
    }

    func key(_ name: String, _ type: ResourceType) -> ObjectKey {
        type.isNamespaced
            ? ObjectKey(namespace: namespace, name: name)
            : ObjectKey(namespace: "", name: name.isEmpty ? "" : "\(namespace)-\(name)")
    }

    /// Takes one step; what came of it, and what went over the wire.
    func take(_ step: Step, _ references: References) async -> (Result<Int?, KubernetesError>, [Exchange]) {
        _ = transport.take()
        let outcome: Result<Int?, KubernetesError>
        do throws(KubernetesError) {
            outcome = .success(try await step.action(self, references))
        } catch {
            outcome = .failure(error)
        }
        var exchanges = transport.take()
        // A watch may have shown more than was looked at.
        if case .success(let count?) = outcome, let last = exchanges.indices.last, exchanges[last].isWatch {
            let lines = exchanges[last].bytes.split(separator: UInt8(ascii: "\n")).prefix(count)
            exchanges[last].bytes = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
        }
        return (outcome, exchanges)
    }
}
