import ClusterTesting
import JSON
import KubernetesClient
import KubernetesModel
import Primitives

/// A kind that a test defines for itself, in a group nobody else uses.
struct TestKind {
    let type: ResourceType

    init() {
        let group = "client-test-\(String(UInt32.random(in: .min ... .max), radix: 36)).example"
        type = ResourceType(group: group, version: "v1", kind: "Thing", plural: "things")
    }

    private var key: ObjectKey { ObjectKey(name: "things.\(type.group)") }

    /// Defines the kind, runs the body once the server serves it, and takes the kind away again.
    func with(_ client: KubernetesClient, _ body: () async throws -> Void) async throws {
        _ = try await client.createDynamic(
            .customResourceDefinitions,
            DynamicObject([
                "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                "metadata": ["name": .string(key.name)],
                "spec": [
                    "group": .string(type.group), "scope": "Namespaced",
                    "names": ["plural": "things", "singular": "thing", "kind": "Thing", "listKind": "ThingList"],
                    "versions": [
                        [
                            "name": "v1", "served": true, "storage": true,
                            "schema": [
                                "openAPIV3Schema": [
                                    "type": "object", "x-kubernetes-preserve-unknown-fields": true,
                                ]
                            ],
                        ]
                    ],
                ],
            ]))
        do {
            try await waitUntilServed(client)
            try await body()
        } catch {
            try await client.delete(.customResourceDefinitions, key)
            throw error
        }
        try await client.delete(.customResourceDefinitions, key)
    }

    private func waitUntilServed(_ client: KubernetesClient) async throws {
        try await eventually("the server serves \(type)") {
            do throws(KubernetesError) {
                _ = try await client.listDynamic(type)
                return .yes(())
            } catch {
                guard error.isNotFound || error.isRetryable else { throw error }
                return .notYet("\(error)")
            }
        }
    }
}
