package import KubernetesClient
import KubernetesModel

/// Lists what an agent has within its reach in the application's namespace: every kind that its Role names, by metadata alone.
///
/// What controllers write all the time is left out: events and endpoints.
package struct ReachObserver: Sendable {
    private let client: KubernetesClient
    private let namespace: String
    private let types: [ResourceType]

    private static let passing: Set<String> = ["events", "endpoints", "endpointslices"]

    package init(client: KubernetesClient, namespace: String, taskType: TaskType) {
        self.client = client
        self.namespace = namespace
        types = Self.types(of: SandboxAccess.rules(for: taskType))
    }

    /// The kinds that rules name, each once, without subresources.
    static func types(of rules: [AccessRule]) -> [ResourceType] {
        ResourceType.builtIn.filter { type in
            type.isNamespaced && !passing.contains(type.plural)
                && rules.contains { $0.apiGroups.contains(type.group) && $0.resources.contains(type.plural) }
        }
    }

    /// - Throws: what may pass. A kind that may not be listed, or that the server does not have, makes the snapshot partial.
    package func observe() async throws(EnvironmentError) -> ReachSnapshot {
        var objects: [ObservedObject] = []
        var isPartial = false
        for type in types where objects.count <= ReachSnapshot.limit {
            do {
                objects += try await client.listMetadata(type, namespace: namespace).items
                    .filter { !$0.metadata.isBeingDeleted }
                    .map { ObservedObject(type.kind, $0.metadata) }
            } catch {
                if error.isRetryable { throw .observe(error) }
                if error.isCancelled { throw .cancelled }
                isPartial = isPartial || !error.isUnknownResource
            }
        }
        return ReachSnapshot(objects: objects, isPartial: isPartial)
    }
}
