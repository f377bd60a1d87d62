import Environments
import HTTP
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import LifecycleTesting
import Testing

/// Namespaces that somebody takes away from under a run.
struct EnvironmentVigilTests {
    private let time = ManualTimeSource()
    private let server: InMemoryAPIServer
    private let names = EnvironmentNames(taskUID: "uid-1", attempt: 1)

    init() { server = InMemoryAPIServer(time: time) }

    private func vigil(uids: [String: String] = [:]) -> EnvironmentVigil {
        EnvironmentVigil(names: names, taskUID: "uid-1", uids: uids, client: TestClient.make(server, time))
    }

    private func put(_ name: String, owner: String = "uid-1", isHeld: Bool = false) {
        server.put(
            .namespaces,
            [
                "metadata": [
                    "name": .string(name), "labels": [EnvironmentNames.uidLabel: .string(owner)],
                    "finalizers": isHeld ? ["test/held"] : [],
                ]
            ])
    }

    private func uid(of name: String) throws -> String {
        try #require(try server.object(Namespace.self, ObjectKey(name: name))).metadata.uid
    }

    @Test func whatIsStillToBeMadeIsNotMissed() async throws {
        let vigil = vigil()
        #expect(try await vigil.look() == nil)
        put(names.application)
        #expect(try await vigil.look() == nil)
        #expect(vigil.uids == [names.application: try uid(of: names.application)])
    }

    @Test(arguments: ["deleted", "terminating", "made anew", "made anew by somebody else"])
    func whatWasThereIsMissed(how: String) async throws {
        for name in names.all { put(name, isHeld: how == "terminating") }
        let vigil = vigil()
        #expect(try await vigil.look() == nil)
        let key = ObjectKey(name: names.application)
        switch how {
        case "terminating":
            try await TestClient.make(server, time).delete(.namespaces, key, DeleteOptions())
        default:
            server.remove(.namespaces, key)
            if how != "deleted" { put(names.application, owner: how == "made anew" ? "uid-1" : "uid-2") }
        }
        let loss = try #require(try await vigil.look())
        #expect(loss.contains(names.application))
    }

    /// After a restart what is recorded takes the place of what was seen.
    @Test func aRecordedNamespaceIsMissedAtTheFirstLook() async throws {
        for name in names.all { put(name) }
        let uids = try Dictionary(uniqueKeysWithValues: names.all.map { ($0, try uid(of: $0)) })
        #expect(try await vigil(uids: uids).look() == nil)
        server.remove(.namespaces, ObjectKey(name: names.sandbox))
        #expect(try await vigil(uids: uids).look()?.contains(names.sandbox) == true)
        #expect(try await vigil().look() == nil)
    }

    /// What is made in it will be refused, and that says it better.
    @Test func aForeignNamespaceOfThatNameIsNotOursToMiss() async throws {
        put(names.application, owner: "uid-2")
        let vigil = vigil()
        #expect(try await vigil.look() == nil)
        #expect(vigil.uids.isEmpty)
    }

    @Test func aServerThatIsAwaySaysNothingAboutTheEnvironment() async throws {
        put(names.application)
        let vigil = vigil()
        #expect(try await vigil.look() == nil)
        server.inject(.lose(.connect("refused")), times: 100) { $0.verb == "get" }
        await #expect(throws: (any Error).self) { try await vigil.look() }
    }
}
