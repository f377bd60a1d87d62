import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import LifecycleTesting
import Testing

@Suite struct MemoryWriteTests {
    let rig = MemoryRig(defaultStatus: ["reported": -1])

    @Test func creationFillsInWhatTheServerOwns() async throws {
        var widget = Widget("a", size: 2)
        widget.reported = 9
        let made = try await rig.client.create(widget)
        #expect(!made.metadata.uid.isEmpty)
        #expect(!made.metadata.resourceVersion.isEmpty)
        #expect(made.metadata.generation == 1)
        #expect(made.metadata.creationTimestamp == rig.time.wallNow())
        #expect(made.size == 2)
        #expect(made.reported == -1)
        let error = await #expect(throws: KubernetesError.self) { try await rig.client.create(widget) }
        #expect(error?.isAlreadyExists == true)
    }

    @Test func statusAndSpecAreWrittenApart() async throws {
        var widget = try await rig.client.create(Widget("a", size: 1))
        widget.size = 5
        widget.reported = 5
        let changed = try await rig.client.update(widget)
        #expect(changed.size == 5)
        #expect(changed.reported == -1)
        #expect(changed.metadata.generation == 2)
        var reported = changed
        reported.size = 99
        reported.reported = 5
        let status = try await rig.client.updateStatus(reported)
        #expect(status.size == 5)
        #expect(status.reported == 5)
        #expect(status.metadata.generation == 2)
    }

    @Test func anOldVersionConflictsAndNothingChangesOnANoOp() async throws {
        let first = try await rig.client.create(Widget("a", size: 1))
        var second = first
        second.size = 2
        let written = try await rig.client.update(second)
        let error = await #expect(throws: KubernetesError.self) { try await rig.client.update(first) }
        #expect(error?.isConflict == true)
        let again = try await rig.client.update(written)
        #expect(again.metadata.resourceVersion == written.metadata.resourceVersion)
    }

    @Test func patchesOfAllThreeKinds() async throws {
        let widget = try await rig.client.create(Widget("a", size: 1))
        let merged = try await rig.client.patch(
            Widget.self, rig.key("a"), .merge(["metadata": ["labels": ["x": "y"]]]))
        #expect(merged.metadata.labels == ["x": "y"])
        let tested = try await rig.client.patch(
            Widget.self, rig.key("a"),
            .json([
                .test(path: "/metadata/uid", .string(widget.metadata.uid)), .replace(path: "/spec/size", 3),
            ]))
        #expect(tested.size == 3)
        let error = await #expect(throws: KubernetesError.self) {
            try await rig.client.patch(
                Widget.self, rig.key("a"), .json([.test(path: "/spec/size", 1), .remove(path: "/spec/size")]))
        }
        guard case .invalid = error?.kind else { return #expect(Bool(false), "\(String(describing: error))") }
        let stale = await #expect(throws: KubernetesError.self) {
            try await rig.client.patch(
                Widget.self, rig.key("a"), .merge(["metadata": ["resourceVersion": "1"], "spec": ["size": 8]]))
        }
        #expect(stale?.isConflict == true)
    }

    @Test func applyCreatesAndTakesBackWhatItNoLongerNames() async throws {
        func apply(_ spec: JSONValue, _ labels: JSONValue) async throws -> DynamicObject {
            try await rig.client.applyDynamic(
                Widget.resourceType,
                DynamicObject([
                    "apiVersion": "test.dev/v1", "kind": "Widget",
                    "metadata": ["name": "a", "namespace": "default", "labels": labels], "spec": spec,
                ]))
        }
        _ = try await apply(["size": 1, "colour": "red"], ["a": "1"])
        _ = try await rig.client.patch(Widget.self, rig.key("a"), .merge(["metadata": ["labels": ["b": "2"]]]))
        let second = try await apply(["size": 2], ["a": "1"])
        #expect(second.value["spec"] == ["size": 2])
        #expect(second.metadata.labels == ["a": "1", "b": "2"])
        let third = try await apply(["size": 2], ["a": "1"])
        #expect(third.metadata.resourceVersion == second.metadata.resourceVersion)
    }

    @Test func aDryRunAnswersAndKeepsNothing() async throws {
        let made = try await rig.client.create(Widget("a", size: 4), options: WriteOptions(dryRun: true))
        #expect(made.size == 4)
        #expect(rig.server.object(Widget.resourceType, rig.key("a")) == nil)
        _ = try await rig.client.create(Widget("a"))
        try await rig.client.delete(Widget.resourceType, rig.key("a"), DeleteOptions(dryRun: true))
        #expect(rig.server.object(Widget.resourceType, rig.key("a")) != nil)
    }

    @Test func anImmutableConfigMapStaysAsItIs() async throws {
        var map = try await rig.client.create(
            ConfigMap(
                metadata: ObjectMeta(name: "m", namespace: "default"), data: ["a": "1"], binaryData: ["b": [0, 255]],
                immutable: true))
        #expect(map.binaryData == ["b": [0, 255]])
        map.data["a"] = "2"
        let error = await #expect(throws: KubernetesError.self) { try await rig.client.update(map) }
        #expect(error?.isUserError == true)
    }

    @Test func aNamespaceMustBeThere() async throws {
        let error = await #expect(throws: KubernetesError.self) {
            try await rig.client.create(Widget("a", namespace: "nowhere"))
        }
        #expect(error?.isNotFound == true)
        #expect(error?.message == "namespaces \"nowhere\" not found")
    }
}
