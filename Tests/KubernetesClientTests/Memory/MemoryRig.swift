import HTTP
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import LifecycleTesting
import Telemetry

/// A client before an in-memory server that serves widgets.
struct MemoryRig {
    let time = ManualTimeSource()
    let server: InMemoryAPIServer
    let client: KubernetesClient

    init(defaultStatus: JSONValue? = nil) {
        server = InMemoryAPIServer(
            types: [ServedType(Widget.resourceType, defaultStatus: defaultStatus)], time: time)
        client = KubernetesClient(
            configuration: ClientConfiguration(server: "https://memory", tls: TLSConfiguration()),
            transport: server, time: time, logger: .disabled, seed: 1)
    }

    func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "default", name: name) }
}
