import ControllerRuntime
import JSON
import KubernetesClient
import KubernetesModel
import Primitives
import Telemetry
import Testing

struct IntentTests {
    private static let type = Widget.resourceType
    private static let key = ObjectKey(namespace: "a", name: "x")
    private let server = WidgetServer()

    @Test func writesStopAtTheFirstFailureAndTheOnesBeforeAreRecorded() async {
        let executor = IntentExecutor(writer: server)
        var recorded: [String?] = []
        await #expect(throws: KubernetesError.self) {
            try await executor.execute([
                .create(Widget("x")), .create(Widget("x")), .create(Widget("y")),
            ]) { recorded.append($0.resourceVersion) }
        }
        #expect(recorded == ["9"])
        #expect(server.writes == ["create x"])
    }

    @Test(arguments: [
        Intent.jsonPatch(type, key, uid: "wrong", [.add(path: "/size", 5)]),
        .mergePatch(type, key, uid: "wrong", ["size": 5]),
        .mergePatch(type, key, uid: "uid-1", resourceVersion: "3", ["size": 5]),
        .apply(type, key, uid: "wrong", ["size": 5]),
    ])
    func preconditionsMissAnotherObjectOfTheName(intent: Intent) async {
        server.change { $0.put("x", size: 1) }
        let error = await #expect(throws: KubernetesError.self) {
            try await IntentExecutor(writer: server).execute([intent])
        }
        #expect(error?.isConflict == true)
        #expect(server.objects[Self.key]?.size == 1)
    }

    @Test func patchesThatMeanTheObjectHitIt() async throws {
        server.change { $0.put("x", size: 1) }
        let executor = IntentExecutor(writer: server)
        try await executor.execute([.jsonPatch(Self.type, Self.key, uid: "uid-1", [.replace(path: "/size", 5)])])
        #expect(server.objects[Self.key]?.size == 5)
        try await executor.execute([
            .mergePatch(Self.type, Self.key, uid: "uid-1", resourceVersion: "10", ["size": 6])
        ])
        #expect(server.objects[Self.key]?.size == 6)
        try await executor.execute([.apply(Self.type, Self.key, ["size": 7])])
        #expect(server.objects[Self.key]?.size == 7)
    }

    @Test func deletingWhatIsGoneOrAnotherIsNoError() async throws {
        let executor = IntentExecutor(writer: server)
        try await executor.execute([.delete(Self.type, Self.key, uid: "uid-1")])
        server.change { $0.put("x", size: 1) }
        let missed = try await executor.execute([.delete(Self.type, Self.key, uid: "another")])
        #expect(missed.isEmpty && server.objects.count == 1)
        let hit = try await executor.execute([.delete(Self.type, Self.key, uid: "uid-1")])
        #expect(hit.map(\.resourceVersion) == [nil] && server.objects.isEmpty)
    }

    @Test func crashPointComesAfterEachWriteAndCountsThem() async throws {
        let passed = Locked<[String]>([])
        let executor = IntentExecutor(writer: server) { [server] number, intent in
            passed.withLock { $0.append("\(number) \(intent.verb) \(server.writes.count)") }
        }
        try await executor.execute([.create(Widget("x")), .delete(Self.type, Self.key, uid: "none")])
        try await executor.execute([.create(Widget("y"))])
        #expect(passed.withLock { $0 } == ["1 create 1", "2 create 2"])
    }

    @Test(arguments: [[], ["other/one"], ["a", "b"]])
    func finalizerComesAndGoesAlone(others: [String]) throws {
        let finalizer = Finalizer("aiops.test/cleanup")
        var widget = Widget("x", version: 12)
        widget.metadata.finalizers = others
        widget.metadata.finalizers = try Self.finalizers(after: finalizer.add(to: widget), on: widget)
        #expect(widget.metadata.finalizers == others + [finalizer.name])
        #expect(finalizer.add(to: widget) == nil)
        widget.metadata.finalizers.append("late")
        let removal = finalizer.remove(from: widget)
        #expect(try Self.finalizers(after: removal, on: widget) == others + ["late"])
        var changed = widget
        changed.metadata.finalizers.insert("pushed in", at: 0)
        #expect(throws: JSONError.self) { try Self.finalizers(after: removal, on: changed) }
    }

    @Test func firstFinalizerIsNotWrittenOverOneMadeMeanwhile() throws {
        let addition = Finalizer("ours").add(to: Widget("x", version: 12))
        #expect(throws: JSONError.self) { try Self.finalizers(after: addition, on: Widget("x", version: 13)) }
    }

    @Test func noFinalizerForAnObjectOnItsWayOut() {
        var widget = Widget("x", version: 12)
        widget.metadata.deletionTimestamp = Timestamp(seconds: 1)
        #expect(Finalizer("ours").add(to: widget) == nil)
    }

    private static func finalizers(after intent: Intent?, on widget: Widget) throws -> [String] {
        guard case .jsonPatch(_, _, let uid, let operations, _) = intent else {
            Issue.record("not a JSON patch")
            return []
        }
        #expect(uid == widget.metadata.uid)
        let changed = try JSONPatch(operations).apply(to: widget.jsonValue())
        return try Widget(jsonValue: changed).metadata.finalizers
    }
}
