package import AIOpsAPI
import Environments
package import JSON
package import KubernetesClient
package import KubernetesModel

extension TestCluster {
    @discardableResult
    package func create(
        _ type: ResourceType, _ name: String, in namespace: String, _ fields: JSONObject
    ) async throws(KubernetesError) -> DynamicObject {
        var value: JSONValue = .object(fields)
        value["apiVersion"] = .string(type.apiVersion)
        value["kind"] = .string(type.kind)
        value["metadata"] = ["name": .string(name), "namespace": .string(namespace)]
        return try await client.createDynamic(type, DynamicObject(value), options: Self.asUser)
    }

    /// Changes the spec of an object the way `kubectl patch --type=merge` does.
    package func change(
        _ type: ResourceType, _ name: String, in namespace: String, spec: JSONValue
    ) async throws(KubernetesError) {
        _ = try await client.patchDynamic(
            type, ObjectKey(namespace: namespace, name: name), .merge(["spec": spec]), options: Self.asUser)
    }

    private static let asUser = WriteOptions(fieldManager: "test")

    /// Every object of the cluster that carries the label of this task, as `kind namespace/name`.
    package func objects(labelledFor uid: String) async throws -> [String] {
        var found: [String] = []
        for type in try await listableTypes() {
            let labelled = LabelSelector([EnvironmentNames.uidLabel: uid])
            for object in try await client.listDynamic(type, options: ListOptions(labels: labelled)).items {
                found.append("\(type.kind) \(object.key)")
            }
        }
        return found
    }

    /// Namespaces that carry the task's uid now.
    package func namespaces(labelledFor task: AIOpsTask) async throws -> [String] {
        let labelled = LabelSelector([EnvironmentNames.uidLabel: task.metadata.uid])
        return try await client.list(Namespace.self, options: ListOptions(labels: labelled)).items.map(\.metadata.name)
    }

    /// Namespaces that ever carried the task's uid, gone or not: the server still knows what happened since `version`.
    package func namespacesEverMade(for task: AIOpsTask, since version: String) async throws -> [String] {
        let events = try await client.watch(
            Namespace.self,
            options: WatchOptions(
                resourceVersion: version, labelSelector: "\(EnvironmentNames.uidLabel)=\(task.metadata.uid)",
                timeoutSeconds: 1))
        var made: [String] = []
        for try await event in events {
            switch event {
            case .added(let namespace): made.append(namespace.metadata.name)
            case .error(let status): throw NeverHappened("the history since \(version) is gone: \(status)")
            default: break
            }
        }
        return made
    }

    /// Everything the cluster keeps, Secrets included, as JSON text, by kind and key.
    package func everything(in namespaces: Set<String>? = nil) async throws -> [(name: String, text: String)] {
        var found: [(name: String, text: String)] = []
        for type in try await listableTypes() + [.coreEvents] {
            for object in try await client.listDynamic(type).items
            where namespaces?.contains(object.key.namespace) ?? true {
                found.append((name: "\(type.kind) \(object.key)", text: object.value.text))
            }
        }
        return found
    }

    /// What there is, as `kind namespace/name`, but for Events and Leases, which come and go as they like.
    package func census() async throws -> Set<String> {
        var found: Set<String> = []
        for type in try await listableTypes() where type != .leases {
            for object in try await client.listDynamic(type).items { found.insert("\(type.kind) \(object.key)") }
        }
        return found
    }

    private func listableTypes() async throws -> [ResourceType] {
        var types = [AIOpsTask.resourceType, WorkerPool.resourceType, LLMConversation.resourceType]
        for type in ResourceType.builtIn where type != .events && type != .coreEvents {
            if try await client.serves(type) { types.append(type) }
        }
        return types
    }
}
