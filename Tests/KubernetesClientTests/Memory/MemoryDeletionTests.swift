import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import Testing

@Suite struct MemoryDeletionTests {
    let rig = MemoryRig()

    @Test func preconditionsAreHeld() async throws {
        let widget = try await rig.client.create(Widget("a"))
        for options in [DeleteOptions(uid: "other"), DeleteOptions(resourceVersion: "1")] {
            let error = await #expect(throws: KubernetesError.self) {
                try await rig.client.delete(Widget.resourceType, rig.key("a"), options)
            }
            #expect(error?.isConflict == true)
        }
        try await rig.client.delete(
            Widget.resourceType, rig.key("a"),
            DeleteOptions(uid: widget.metadata.uid, resourceVersion: widget.metadata.resourceVersion))
        let gone = await #expect(throws: KubernetesError.self) { try await rig.client.get(Widget.self, rig.key("a")) }
        #expect(gone?.isNotFound == true)
    }

    @Test func aFinalizerHoldsTheObjectUntilItIsTakenOff() async throws {
        var widget = Widget("a")
        widget.metadata.finalizers = ["test.dev/hold"]
        _ = try await rig.client.create(widget)
        try await rig.client.delete(Widget.resourceType, rig.key("a"))
        let held = try await rig.client.get(Widget.self, rig.key("a"))
        #expect(held.metadata.isBeingDeleted)
        #expect(held.metadata.generation == 2)
        let error = await #expect(throws: KubernetesError.self) {
            try await rig.client.patch(
                Widget.self, rig.key("a"), .json([.add(path: "/metadata/finalizers/-", "test.dev/late")]))
        }
        #expect(error?.isUserError == true)
        _ = try await rig.client.patch(
            Widget.self, rig.key("a"),
            .json([
                .test(path: "/metadata/finalizers/0", "test.dev/hold"), .remove(path: "/metadata/finalizers/0"),
            ]))
        #expect(rig.server.object(Widget.resourceType, rig.key("a")) == nil)
    }

    @Test(arguments: [DeleteOptions.Propagation.background, .foreground, .orphan])
    func dependentsFollowTheirOwner(_ propagation: DeleteOptions.Propagation) async throws {
        let owner = try await rig.client.create(Widget("owner"))
        var child = Widget("child")
        child.metadata.ownerReferences = [OwnerReference(controller: owner)]
        _ = try await rig.client.create(child)
        try await rig.client.delete(
            Widget.resourceType, rig.key("owner"), DeleteOptions(propagation: propagation))
        #expect(rig.server.object(Widget.resourceType, rig.key("owner")) == nil)
        let left = try rig.server.object(Widget.self, rig.key("child"))
        #expect((left == nil) == (propagation != .orphan))
        #expect(left?.metadata.ownerReferences.isEmpty ?? true)
    }

    @Test func aNamespaceGoesWhenItsContentIsGone() async throws {
        rig.server.addNamespace("demo")
        var held = Widget("held", namespace: "demo")
        held.metadata.finalizers = ["test.dev/hold"]
        _ = try await rig.client.create(held)
        _ = try await rig.client.create(Widget("free", namespace: "demo"))
        try await rig.client.delete(.namespaces, ObjectKey(name: "demo"))
        let namespace = try #require(try rig.server.object(Namespace.self, ObjectKey(name: "demo")))
        #expect(namespace.status.phase == "Terminating")
        #expect(try rig.server.objects(Widget.self, namespace: "demo").map(\.metadata.name) == ["held"])
        let error = await #expect(throws: KubernetesError.self) {
            try await rig.client.create(Widget("late", namespace: "demo"))
        }
        #expect(error?.status?.hasCause("NamespaceTerminating") == true)
        _ = try await rig.client.patch(
            Widget.self, ObjectKey(namespace: "demo", name: "held"), .merge(["metadata": ["finalizers": nil]]))
        #expect(rig.server.object(.namespaces, ObjectKey(name: "demo")) == nil)
    }
}
