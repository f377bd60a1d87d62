import HTTP
import KubernetesClient
import Lifecycle
import LifecycleTesting
import Primitives
import Telemetry

enum TestClient {
    static func make(_ transport: any HTTPTransport, _ time: any TimeSource) -> KubernetesClient {
        KubernetesClient(
            configuration: ClientConfiguration(server: "https://cluster.example", tls: TLSConfiguration()),
            transport: transport, time: time,
            logger: Logger(label: "test", sink: CollectingLogSink(), level: .error), seed: 1)
    }
}
