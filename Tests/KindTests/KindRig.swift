import AIOpsAPI
import ClusterTesting
import Environments
import Glibc
import JSON
import KubernetesClient
import KubernetesModel
import Testing

/// A cluster with pods, an engine beside it, and an operator on the host that uses both.
struct KindRig: Sendable {
    let cluster: TestCluster
    let namespace: String
    let process: OperatorProcess
    let engine: KindEngine
    let door: KindDoor
    private let folder: String

    /// Runs the body with a pool `default` whose tasks may have Kind clusters; what they made is taken down afterwards,
    /// whatever happened.
    static func use(
        _ purpose: String, workers: Int, _ body: @Sendable (KindRig) async throws -> Void
    ) async throws {
        let engine = try KindEngine()
        try await withFolder { folder in
            let door = try KindDoor(to: engine.kind, in: folder)
            try await TestCluster.with(.node) { cluster in
                try await OperatorProcess.with(
                    cluster, arguments: ["--kind", door.program, "--docker-host", engine.host],
                    environment: ["PATH": engine.searchPath, "TMPDIR": folder]
                ) { process in
                    try await cluster.withNamespace(purpose) { namespace in
                        let rig = KindRig(
                            cluster: cluster, namespace: namespace, process: process, engine: engine, door: door,
                            folder: folder)
                        do {
                            try await rig.createPool(workers: workers)
                            try await body(rig)
                        } catch {
                            // The tasks are let go of by an operator that runs, and has nothing before it that is held.
                            try await process.kill()
                            for command in KindDoor.Command.allCases { door.open(command) }
                            try process.start()
                            throw error
                        }
                    }
                }
            }
        }
    }

    private func createPool(workers: Int) async throws {
        try await cluster.create(
            WorkerPool.resourceType, "default", in: namespace,
            [
                "spec": [
                    "workers": ["backend": "Internal", "replicas": .integer(Int64(workers))],
                    "environments": [
                        "kind": ["nodeImage": .string(engine.nodeImage), "config": .string(engine.config)]
                    ],
                ]
            ])
        try await eventually("the pool says that clusters can be made") {
            let pool = try await cluster.client.get(
                WorkerPool.self, ObjectKey(namespace: namespace, name: "default"))
            return .holds(pool.status.conditions.isTrue(.kindClusters), else: "\(pool.status.conditions)")
        }
    }

    /// Applies a task whose environment is a cluster of its own, with time to make it more than once.
    func applyKind(_ request: TaskRequest, as name: String) async throws {
        var request = request
        request.spec = ["environment": ["type": "Kind"], "limits": ["timeoutSeconds": 1800]]
        try await cluster.apply(request, as: name, in: namespace)
    }

    func task(_ name: String) async throws -> AIOpsTask {
        try await cluster.client.get(AIOpsTask.self, ObjectKey(namespace: namespace, name: name))
    }

    func cleanedUp(_ name: String) async throws -> AIOpsTask {
        try await cluster.awaitCleanedUp(name, in: namespace, within: .seconds(900))
    }

    /// Whether the kubeconfig of a task's cluster is recorded, which says that the cluster was made whole.
    func isRecorded(_ task: AIOpsTask) async throws -> Bool {
        let key = KubeconfigRecord.key(namespace: namespace, taskUID: task.metadata.uid, attempt: 1)
        return try await !cluster.isGone(Secret.self, key)
    }

    /// Nothing on the engine, no key, no object that was made for one of the tasks.
    func expectNothingLeft(of tasks: [AIOpsTask]) async throws {
        #expect(try await engine.clusters() == [])
        #expect(try await engine.containers() == [:])
        let secrets = try await cluster.client.list(Secret.self, namespace: namespace).items.map(\.metadata.name)
        #expect(secrets.filter { $0.hasSuffix("-kubeconfig") } == [])
        for task in tasks {
            #expect(task.kindClusters == [], "\(task.metadata.name)")
            #expect(try await cluster.objects(labelledFor: task.metadata.uid) == [], "\(task.metadata.name)")
        }
    }

    /// What kind has left in its folder for temporary files.
    var leftBehindByKind: [String] { TextFile.names(in: folder).filter { $0.hasPrefix("aiops-kind-") } }

    private static func withFolder(_ body: @Sendable (String) async throws -> Void) async throws {
        var name = Array("/tmp/aiops-test-kind-XXXXXX".utf8CString)
        guard mkdtemp(&name) != nil else { throw NeverHappened("no folder: \(errno)") }
        let folder = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let result: Result<Void, any Error>
        do { result = .success(try await body(folder)) } catch { result = .failure(error) }
        _ = try await ChildProcess("/bin/rm", ["-rf", folder]).exit(within: .seconds(30))
        try result.get()
    }
}

extension AIOpsTask {
    /// The Kind clusters that its inventory names; none once they are seen to be gone.
    var kindClusters: [String] {
        (status.environment?.inventory ?? []).filter { $0.kind == "Cluster" }.map(\.name)
    }

    /// The container of its cluster's only node.
    var node: String? { kindClusters.first.map { "\($0)-control-plane" } }
}
