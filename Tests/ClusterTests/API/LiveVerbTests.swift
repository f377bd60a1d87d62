import JSON
import KubernetesClient
import KubernetesModel
import Primitives
import Testing

/// The verbs beyond reading and writing whole objects, against a real API server.
@Suite(.timeLimit(.minutes(2))) struct LiveVerbTests {
    private static func map(
        _ name: String, in namespace: String, labels: [String: String] = [:], _ data: [String: String] = [:]
    ) -> ConfigMap {
        ConfigMap(metadata: ObjectMeta(name: name, namespace: namespace, labels: labels), data: data)
    }

    @Test func anApplyOfAForeignFieldConflictsUnlessForced() async throws {
        try await LiveCluster.api.with { client, namespace in
            let mine = Self.map("a", in: namespace, ["k": "1"])
            _ = try await client.apply(mine, force: false, options: WriteOptions(fieldManager: "one"))
            let other = Self.map("a", in: namespace, ["k": "2"])
            let error = await #expect(throws: KubernetesError.self) {
                try await client.apply(other, force: false, options: WriteOptions(fieldManager: "two"))
            }
            #expect(error?.isConflict == true)
            #expect(error?.status?.hasCause("FieldManagerConflict") == true)
            #expect(error?.status?.details?.causes.first?.field == ".data.k")
            let forced = try await client.apply(other, force: true, options: WriteOptions(fieldManager: "two"))
            #expect(forced.data == ["k": "2"])
        }
    }

    private static func deployment(_ namespace: String) -> DynamicObject {
        DynamicObject([
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": ["name": "d", "namespace": .string(namespace)],
            "spec": [
                "replicas": 1, "selector": ["matchLabels": ["a": "b"]],
                "template": [
                    "metadata": ["labels": ["a": "b"]],
                    "spec": ["containers": [["name": "one", "image": "none"], ["name": "two", "image": "none"]]],
                ],
            ],
        ])
    }

    @Test func aDeploymentIsScaledAndPatchedByItsListKeys() async throws {
        try await LiveCluster.api.with { client, namespace in
            let made = try await client.createDynamic(.deployments, Self.deployment(namespace))
            let before = try await client.scale(.deployments, made.key)
            #expect(before.replicas == 1)
            let scaled = try await client.setScale(.deployments, made.key, replicas: 3)
            #expect(scaled.replicas == 3 && scaled.selector == "a=b")
            let stale = await #expect(throws: KubernetesError.self) {
                try await client.setScale(
                    .deployments, made.key, replicas: 4, resourceVersion: made.metadata.resourceVersion)
            }
            #expect(stale?.isConflict == true)

            let patch = Patch.strategic([
                "spec": ["template": ["spec": ["containers": [["name": "two", "image": "other"]]]]]
            ])
            let patched = try await client.patchDynamic(.deployments, made.key, patch)
            let containers = patched.value["spec"]?["template"]?["spec"]?["containers"]?.arrayValue ?? []
            let images = Dictionary(
                uniqueKeysWithValues: containers.map { ($0["name"]?.stringValue, $0["image"]?.stringValue) })
            #expect(images == ["one": "none", "two": "other"])
        }
    }

    @Test func aCustomKindTakesNoStrategicPatch() async throws {
        try await LiveCluster.api.with { client, namespace in
            let kind = TestKind()
            try await kind.with(client) {
                let made = try await client.createDynamic(
                    kind.type,
                    DynamicObject([
                        "apiVersion": .string(kind.type.apiVersion), "kind": "Thing",
                        "metadata": ["name": "t", "namespace": .string(namespace)],
                    ]))
                let error = await #expect(throws: KubernetesError.self) {
                    try await client.patchDynamic(kind.type, made.key, .strategic(["spec": ["a": 1]]))
                }
                guard case .unsupportedMediaType = error?.kind else {
                    return #expect(Bool(false), "\(String(describing: error))")
                }
            }
        }
    }

    @Test func aDryRunWritesNothing() async throws {
        try await LiveCluster.api.with { client, namespace in
            let dry = WriteOptions(dryRun: true)
            let shown = try await client.create(Self.map("a", in: namespace), options: dry)
            #expect(!shown.metadata.uid.isEmpty)
            let missing = await #expect(throws: KubernetesError.self) {
                try await client.get(ConfigMap.self, shown.key)
            }
            #expect(missing?.isNotFound == true)
            let made = try await client.create(Self.map("a", in: namespace))
            _ = try await client.patch(ConfigMap.self, made.key, .merge(["data": ["k": "v"]]), options: dry)
            try await client.delete(.configMaps, made.key, DeleteOptions(uid: made.metadata.uid, dryRun: true))
            let after = try await client.get(ConfigMap.self, made.key)
            #expect(after == made)
        }
    }

    @Test func metadataAloneIsReadAndWatched() async throws {
        try await LiveCluster.api.with { client, namespace in
            let made = try await client.create(Self.map("a", in: namespace, labels: ["x": "y"], ["k": "v"]))
            let alone = try await client.getMetadata(.configMaps, made.key)
            #expect(alone.metadata == made.metadata)
            let list = try await client.listMetadata(
                .configMaps, namespace: namespace, options: ListOptions(labelSelector: "x=y", pageSize: 1))
            #expect(list.items.map(\.metadata) == [made.metadata])
            let watch = try await client.watchMetadata(
                .configMaps, namespace: namespace,
                options: WatchOptions(
                    resourceVersion: list.resourceVersion, fieldSelector: "metadata.name=a", timeoutSeconds: 10))
            _ = try await client.patch(ConfigMap.self, made.key, .merge(["metadata": ["labels": ["x": "z"]]]))
            var events = watch.makeAsyncIterator()
            guard case .modified(let changed) = try await events.next() else {
                return #expect(Bool(false), "no change was seen")
            }
            #expect(changed.metadata.labels == ["x": "z"])
        }
    }

    @Test func aCollectionIsDeletedBySelector() async throws {
        try await LiveCluster.api.with { client, namespace in
            for (name, label) in [("a", "go"), ("b", "go"), ("c", "stay")] {
                _ = try await client.create(Self.map(name, in: namespace, labels: ["l": label]))
            }
            let selected = ListOptions(labelSelector: "l=go")
            try await client.deleteCollection(
                .configMaps, namespace: namespace, selecting: selected, DeleteOptions(dryRun: true))
            let kept = try await client.list(ConfigMap.self, namespace: namespace, options: selected)
            #expect(kept.items.count == 2)
            try await client.deleteCollection(.configMaps, namespace: namespace, selecting: selected)
            let left = try await client.list(ConfigMap.self, namespace: namespace, options: selected)
            #expect(left.items.isEmpty)
            _ = try await client.get(ConfigMap.self, ObjectKey(namespace: namespace, name: "c"))
        }
    }

    @Test func aKindIsFoundOnceItIsThereAndGoneOnceItIsNot() async throws {
        try await LiveCluster.api.with { client, _ in
            let isServed = try await client.serves(.deployments)
            #expect(isServed)
            let resources = try await client.resources(apiVersion: "apps/v1")
            #expect(resources.contains { $0.name == "deployments/scale" && $0.kind == "Scale" })
            #expect(resources.first { $0.name == "deployments" }?.shortNames == ["deploy"])
            let kind = TestKind()
            try await kind.with(client) {
                let found = try await client.resourceType(apiVersion: kind.type.apiVersion, kind: "Thing")
                #expect(found == kind.type)
            }
        }
    }
}
