package import JSON
package import KubernetesModel
import Primitives

/// Stands in for a controller of the cluster: called after each change of a kind, it may change anything in turn.
struct Reaction: Sendable {
    var type: ResourceType
    var body: @Sendable (_ object: JSONValue, _ cluster: inout ReactiveCluster) -> Void
}

/// What a reaction may do; it speaks for the cluster, so it writes status and spec alike.
package struct ReactiveCluster: Sendable {
    var state: APIState
    let now: Timestamp

    package func object(_ type: ResourceType, _ key: ObjectKey) -> JSONValue? { state.object(type, key) }

    package func objects(_ type: ResourceType, namespace: String) -> [JSONValue] {
        (state.objects[type] ?? [:]).filter { $0.key.namespace == namespace }.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Creates the object with its status, or replaces it; what is equal is left alone.
    package mutating func put(_ type: ResourceType, _ object: JSONValue) {
        state.put(type, object, now: now)
    }

    package mutating func delete(_ type: ResourceType, _ key: ObjectKey) {
        state.remove(type, key)
        state.settle(now: now)
    }
}

extension InMemoryAPIServer.Core {
    mutating func react(to change: APIState.Change, now: Timestamp) {
        for reaction in reactions where reaction.type == change.type {
            // Moved there and back: a copy that lives beside the original would be copied again by each write.
            var cluster = ReactiveCluster(state: APIState(types: []), now: now)
            swap(&cluster.state, &state)
            reaction.body(change.last, &cluster)
            swap(&cluster.state, &state)
        }
    }
}

extension APIState {
    /// Stores an object as the cluster itself would: no subresource rules, but new uids, versions and generations.
    mutating func put(_ type: ResourceType, _ object: JSONValue, now: Timestamp) {
        var new = object
        let key = ObjectKey(
            namespace: type.isNamespaced ? object["metadata", "namespace"]?.stringValue ?? "default" : "",
            name: object["metadata", "name"]?.stringValue ?? "")
        let old = self.object(type, key)
        new["apiVersion"] = .string(type.apiVersion)
        new["kind"] = .string(type.kind)
        if type.isNamespaced { new["metadata", "namespace"] = .string(key.namespace) }
        if let old {
            for field in ["uid", "creationTimestamp", "resourceVersion"] {
                new["metadata", field] = old["metadata", field]
            }
        } else {
            if (object["metadata", "uid"]?.stringValue ?? "").isEmpty { new["metadata", "uid"] = .string(nextUID()) }
            if object["metadata", "creationTimestamp"] == nil {
                new["metadata", "creationTimestamp"] = .string(now.rfc3339)
            }
            if served(type).hasStatus, object["metadata", "generation"] == nil { new["metadata", "generation"] = 1 }
        }
        store(new, type, key)
        settle(now: now)
    }
}
