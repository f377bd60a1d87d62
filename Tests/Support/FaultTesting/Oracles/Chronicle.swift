import ClusterTesting
package import KubernetesClient
package import KubernetesModel
import Primitives

/// Every version of the objects of one kind in one namespace, told apart by uid.
package final class Chronicle<Object: Chronicled>: Sendable {
    private let namespace: String
    private let seen = Locked<[String: [Object]]>([:])

    package init(_ namespace: String) { self.namespace = namespace }

    /// From now until it is cancelled; throws where the history has a hole.
    package func run(_ client: KubernetesClient) async throws {
        let list = try await client.list(Object.self, namespace: namespace)
        for object in list.items { see(object) }
        var version = list.resourceVersion
        while !Task.isCancelled {
            let events = try await client.watch(
                Object.self, namespace: namespace, options: WatchOptions(resourceVersion: version))
            for try await event in events {
                switch event {
                case .added(let object), .modified(let object):
                    version = object.metadata.resourceVersion
                    see(object)
                case .deleted(let object): version = object.metadata.resourceVersion
                case .bookmark(let newer, _): version = newer
                case .error(let status): throw NeverHappened("the chronicle has a hole: \(status)")
                }
            }
        }
    }

    package func see(_ object: Object) { seen.withLock { $0[object.metadata.uid, default: []].append(object) } }

    package var violations: [String] {
        seen.withLock { $0 }.values.flatMap { versions in
            versions.flatMap(\.violations) + zip(versions, versions.dropFirst()).flatMap { $1.violations(after: $0) }
        }
    }
}

/// A kind with something that must hold in each version, and from one to the next.
package protocol Chronicled: KubernetesObject {
    var violations: [String] { get }
    func violations(after old: Self) -> [String]
}
