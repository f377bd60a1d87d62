import HTTP
import HTTPTesting
import JSON
import KubernetesClient
import KubernetesModel
import LifecycleTesting
import Processes
import Telemetry

/// A client before a scripted transport.
struct ClientRig {
    let time = ManualTimeSource()
    let transport = ScriptedTransport()
    let metrics = MetricsRegistry()
    let redactor = Redactor()
    let identity: IdentitySource
    let client: KubernetesClient

    init(
        credential: Credential = .none, files: MemoryFiles = MemoryFiles(), launcher: (any ProcessLauncher)? = nil,
        _ change: (inout ClientConfiguration) -> Void = { _ in }
    ) {
        var configuration = ClientConfiguration(
            server: "https://api:6443", tls: TLSConfiguration(), credential: credential)
        change(&configuration)
        identity = IdentitySource(
            configuration, files: files, launcher: launcher, time: time, logger: .disabled,
            secrets: RotatingSecret(redactor, time: time))
        client = KubernetesClient(
            configuration: configuration, identity: identity, transport: transport, time: time, logger: .disabled,
            metrics: metrics, seed: 7)
    }

    static let widgets = "/apis/test.dev/v1/namespaces/default/widgets"

    var key: ObjectKey { ObjectKey(namespace: "default", name: "a") }

    static func widget(_ name: String = "a") -> String {
        """
        {"apiVersion":"test.dev/v1","kind":"Widget","metadata":{"name":"\(name)","namespace":"default",
        "uid":"u1","resourceVersion":"5"},"spec":{"size":1}}
        """
    }

    static func status(_ code: Int, _ reason: String, retryAfter: Int? = nil) -> String {
        Status(
            code: code, reason: reason, message: "m", details: StatusDetails(retryAfterSeconds: retryAfter)
        ).jsonValue().text
    }
}
