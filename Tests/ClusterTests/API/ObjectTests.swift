import HTTP
import JSON
import KubernetesClient
import KubernetesModel
import Testing

/// The verbs against a real API server.
@Suite(.timeLimit(.minutes(2))) struct ObjectTests {
    private static func map(_ name: String, in namespace: String, _ data: [String: String] = [:]) -> ConfigMap {
        ConfigMap(metadata: ObjectMeta(name: name, namespace: namespace), data: data)
    }

    @Test func anObjectIsMadeReadChangedAndDeleted() async throws {
        try await LiveCluster.api.with { client, namespace in
            var new = Self.map("a", in: namespace, ["k": "grüße"])
            new.binaryData = ["b": (0...255).map { UInt8($0) }]
            let made = try await client.create(new)
            #expect(!made.metadata.uid.isEmpty)
            var read = try await client.get(ConfigMap.self, made.key)
            #expect(read == made)
            #expect(read.binaryData == new.binaryData)

            let twice = await #expect(throws: KubernetesError.self) { try await client.create(new) }
            #expect(twice?.isAlreadyExists == true)

            read.data["k"] = "2"
            let updated = try await client.update(read)
            #expect(updated.data["k"] == "2")
            let stale = await #expect(throws: KubernetesError.self) { try await client.update(made) }
            #expect(stale?.isConflict == true)

            let merged = try await client.patch(
                ConfigMap.self, made.key, .merge(["data": ["m": "3"], "metadata": ["labels": ["x": "y"]]]))
            #expect(merged.data == ["k": "2", "m": "3"])
            let patched = try await client.patch(
                ConfigMap.self, made.key,
                .json([
                    .test(path: "/metadata/uid", .string(made.metadata.uid)), .remove(path: "/data/k"),
                ]))
            #expect(patched.data == ["m": "3"])
            let rejected = await #expect(throws: KubernetesError.self) {
                try await client.patch(
                    ConfigMap.self, made.key, .json([.test(path: "/data/m", "no"), .remove(path: "/data/m")]))
            }
            #expect(rejected?.isPatchRejected == true)

            try await client.delete(.configMaps, made.key)
            let gone = await #expect(throws: KubernetesError.self) { try await client.get(ConfigMap.self, made.key) }
            #expect(gone?.isNotFound == true)
            #expect(gone?.description.contains("get configmaps \(namespace)/a") == true)
        }
    }

    @Test func aDeletionHoldsItsPreconditions() async throws {
        try await LiveCluster.api.with { client, namespace in
            let made = try await client.create(Self.map("a", in: namespace))
            let other = DeleteOptions(uid: "00000000-0000-0000-0000-000000000000")
            for options in [other, DeleteOptions(resourceVersion: "1")] {
                let error = await #expect(throws: KubernetesError.self) {
                    try await client.delete(.configMaps, made.key, options)
                }
                #expect(error?.isConflict == true)
            }
            try await client.delete(
                .configMaps, made.key,
                DeleteOptions(uid: made.metadata.uid, resourceVersion: made.metadata.resourceVersion))
        }
    }

    @Test func aFinalizerHoldsTheObject() async throws {
        try await LiveCluster.api.with { client, namespace in
            var new = Self.map("a", in: namespace)
            new.metadata.finalizers = ["aiops.dev/test"]
            let made = try await client.create(new)
            try await client.delete(.configMaps, made.key)
            #expect(try await client.get(ConfigMap.self, made.key).metadata.isBeingDeleted)
            _ = try await client.patch(
                ConfigMap.self, made.key,
                .json([
                    .test(path: "/metadata/finalizers/0", "aiops.dev/test"), .remove(path: "/metadata/finalizers/0"),
                ]))
            let gone = await #expect(throws: KubernetesError.self) { try await client.get(ConfigMap.self, made.key) }
            #expect(gone?.isNotFound == true)
        }
    }

    @Test func appliedFieldsHaveOwners() async throws {
        try await LiveCluster.api.with { client, namespace in
            func apply(
                _ data: [String: String], as manager: String, force: Bool
            ) async throws(KubernetesError) -> DynamicObject {
                let map = Self.map("a", in: namespace, data).dynamic()
                return try await client.applyDynamic(
                    .configMaps, map, force: force, options: WriteOptions(fieldManager: manager))
            }
            _ = try await apply(["mine": "1", "shared": "1"], as: "one", force: false)
            let conflict = await #expect(throws: KubernetesError.self) {
                try await apply(["shared": "2"], as: "two", force: false)
            }
            #expect(conflict?.isConflict == true)
            #expect(conflict?.status?.hasCause("FieldManagerConflict") == true)
            _ = try await apply(["shared": "2"], as: "two", force: true)
            // What a manager no longer names, it gives up.
            let last = try await apply([:], as: "one", force: false)
            #expect(last.value["data"] == ["shared": "2"])
            let again = try await apply([:], as: "one", force: false)
            #expect(again.metadata.resourceVersion == last.metadata.resourceVersion)
        }
    }

    @Test func aDryRunKeepsNothing() async throws {
        try await LiveCluster.api.with { client, namespace in
            let made = try await client.create(Self.map("a", in: namespace), options: WriteOptions(dryRun: true))
            #expect(!made.metadata.uid.isEmpty)
            let gone = await #expect(throws: KubernetesError.self) { try await client.get(ConfigMap.self, made.key) }
            #expect(gone?.isNotFound == true)
        }
    }

    @Test func aBrokenObjectSaysWhichField() async throws {
        try await LiveCluster.api.with { client, namespace in
            let error = await #expect(throws: KubernetesError.self) {
                try await client.create(Self.map("Not A Name", in: namespace))
            }
            guard case .invalid(let details) = error?.kind else {
                return #expect(Bool(false), "\(String(describing: error))")
            }
            #expect(details.causes.first?.field == "metadata.name")
        }
    }

    @Test func aWrongTokenIsUnauthorized() async throws {
        try await LiveCluster.api.with {
            $0.tls.clientCertificatePEM = nil
            $0.tls.clientKeyPEM = nil
            $0.credential = .token("wrong")
        } _: { client, namespace in
            let error = await #expect(throws: KubernetesError.self) {
                try await client.list(ConfigMap.self, namespace: namespace)
            }
            guard case .unauthorized = error?.kind else { return #expect(Bool(false), "\(String(describing: error))") }
        }
    }

    @Test func theServerSaysWhatItIs() async throws {
        try await LiveCluster.api.with { client, _ in
            let version = try await client.serverVersion()
            #expect(version.major == 1)
            #expect(version.minor >= 20)
            #expect(try await client.serves(.deployments))
            #expect(try await client.serves(.customResourceDefinitions))
            #expect(
                try await !client.serves(
                    ResourceType(group: "nobody.example", version: "v1", kind: "None", plural: "nones")))
            let type = try await client.resourceType(
                apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview")
            #expect(type?.plural == "selfsubjectaccessreviews")
            #expect(type?.isNamespaced == false)
        }
    }
}
