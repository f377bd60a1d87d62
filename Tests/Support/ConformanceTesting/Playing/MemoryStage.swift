import AIOpsAPI
import HTTP
import JSON
import KubernetesClient
import KubernetesModel
package import KubernetesTesting
import LifecycleTesting

/// The in-memory server as a stage: in the form of either age, with our definitions as that age takes them.
package enum MemoryStage {
    package static func make(_ profile: ServerProfile) async throws -> Stage {
        let time = ManualTimeSource()
        // Kubernetes' own kinds are those of 1.20 in either cluster that is compared with.
        let server = InMemoryAPIServer(profile: profile, builtIn: .v1_20, time: time)
        server.keepManagedFields()
        let stage = Stage(
            ClientConfiguration(server: "https://memory", tls: TLSConfiguration()), transport: server, time: time,
            // Whatever the controllers of a cluster do is done when a request is answered.
            namespace: "conformance-memory", wait: { false },
            endWatches: {
                // The older server tells it once a minute, and keeps no time for it before the end.
                if profile == .v1_36 { server.sendBookmarks() }
                server.endWatches()
            })
        for resource in CustomResource.all {
            let definition = resource.definition(profile.knowsRules ? .current : .legacy)
            _ = try await stage.client.createDynamic(.customResourceDefinitions, DynamicObject(definition))
        }
        _ = try await stage.client.create(Namespace(metadata: ObjectMeta(name: stage.namespace)))
        return stage
    }

    /// The rules of our definitions that the in-memory server does not understand, and so does not hold objects to.
    package static var unknownRules: [String] {
        CustomResource.all.flatMap { resource in
            (resource.definition(.current)["spec"]?["versions"]?.arrayValue ?? []).flatMap { version in
                version["schema"]?["openAPIV3Schema"].map { ServedSchema(openAPI: $0).unknownRules } ?? []
            }
        }
    }
}
