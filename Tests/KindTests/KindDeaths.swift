import AIOpsAPI
import ClusterTesting
import KubernetesClient
import KubernetesModel
import Testing

/// kill -9 while clusters are made, used and deleted; whoever comes next loses none and leaves none.
///
/// Two tasks side by side in one run, so that each death meets one of them where it is meant to and the other wherever it is.
@Suite(.timeLimit(.minutes(30))) struct KindDeaths {
    private static let names = ["detection", "mitigation"]

    @Test func killedAtThreeMomentsOfACreateAndOfADeleteNothingIsLostAndNothingIsLeft() async throws {
        try await KindRig.use("killed", workers: 2) { rig in
            try rig.door.shut(.create)
            try await rig.applyKind(.detection, as: "detection")
            try await rig.applyKind(.mitigation, as: "mitigation")
            let tasks = try await notedAndNotMade(rig)
            try await halfMade(tasks, rig)
            try await madeAndNotRecorded(tasks, rig)
            let nodes = try await atWork(tasks, rig)
            let first = try await aboutToBeDeleted(tasks, nodes, rig)
            try await halfDeleted(first, rig)
            try await deletedAndNotTold(first, rig)

            var ended: [AIOpsTask] = []
            for name in Self.names {
                let task = try await rig.cleanedUp(name)
                let status = task.status
                #expect(
                    status.phase == .succeeded && status.result?.verdict == .passed, "\(name): \(status.conditions)")
                #expect(status.attempt == 1, "\(name)")
                #expect(status.conditions.isTrue(.conversationPersisted), "\(name)")
                _ = try await ConversationOfTask.read(task, rig.cluster)
                ended.append(task)
            }
            try await rig.expectNothingLeft(of: ended)
            let left = tasks.flatMap(\.kindClusters).flatMap { ProcessTable.running([$0]) }
            #expect(left == [])
        }
    }

    // MARK: Create

    /// Of each cluster it is written down that it may be there; kind has begun and asked the engine for nothing.
    private func notedAndNotMade(_ rig: KindRig) async throws -> [AIOpsTask] {
        try await awaitHeld(.create, 2, rig)
        try await kill(rig, at: "noted, not made")
        var tasks: [AIOpsTask] = []
        for name in Self.names {
            let task = try await rig.task(name)
            #expect(task.kindClusters.count == 1, "\(name)")
            #expect(try await !rig.isRecorded(task), "\(name)")
            tasks.append(task)
        }
        #expect(try await rig.engine.containers() == [:])
        try start(rig, opening: .create)
        return tasks
    }

    /// Both nodes are there, and kind is still at work on each.
    private func halfMade(_ tasks: [AIOpsTask], _ rig: KindRig) async throws {
        let nodes = Set(tasks.compactMap(\.node))
        try await eventually("both nodes are there", within: .seconds(120), every: .milliseconds(20)) {
            let there = try await rig.engine.containers().keys
            return .holds(nodes.isSubset(of: there), else: "\(there)")
        }
        for name in tasks.flatMap(\.kindClusters) {
            #expect(!ProcessTable.running(["create", "cluster", name]).isEmpty, "kind was done with \(name)")
        }
        try await kill(rig, at: "half made")
        for task in tasks { #expect(try await !rig.isRecorded(task), "\(task.metadata.name)") }
        try rig.door.shut(.kubeconfig)
        try start(rig)
    }

    /// kind has made one of them, whose kubeconfig is not written down: nobody can tell that it is whole.
    private func madeAndNotRecorded(_ tasks: [AIOpsTask], _ rig: KindRig) async throws {
        try await awaitHeld(.kubeconfig, 1, rig, within: .seconds(400))
        try await kill(rig, at: "made, not recorded")
        #expect(try await !rig.engine.clusters().isEmpty)
        for task in tasks { #expect(try await !rig.isRecorded(task), "\(task.metadata.name)") }
        try start(rig, opening: .kubeconfig)
    }

    // MARK: Use

    /// A cluster that was made whole is taken over by the next process.
    ///
    /// - Returns: the containers of those that were whole.
    private func atWork(_ tasks: [AIOpsTask], _ rig: KindRig) async throws -> [String: String] {
        try await eventually("both clusters are whole", within: .seconds(600)) {
            var missing: [String] = []
            for task in tasks where try await !rig.isRecorded(task) { missing.append(task.metadata.name) }
            return .holds(missing.isEmpty, else: "without one: \(missing)")
        }
        // From here on nothing is deleted that was made by halves.
        try rig.door.shut(.delete)
        try await rig.cluster.follow(rig.namespace, "one is at work", within: .seconds(600)) { task, _ in
            task.status.phase == .running
        }
        try await kill(rig, at: "at work")
        let containers = try await rig.engine.containers()
        var whole: [String: String] = [:]
        for node in tasks.compactMap(\.node) {
            let id: String = try #require(containers[node], "\(node) is gone")
            whole[node] = id
        }
        try start(rig)
        return whole
    }

    // MARK: Delete

    /// The kubeconfig is gone, kind has begun, and the engine has been asked for nothing.
    ///
    /// - Returns: the task whose cluster that is.
    private func aboutToBeDeleted(
        _ tasks: [AIOpsTask], _ whole: [String: String], _ rig: KindRig
    ) async throws -> AIOpsTask {
        try await awaitHeld(.delete, 1, rig, within: .seconds(600))
        try await kill(rig, at: "about to be deleted")
        let containers = try await rig.engine.containers()
        for (node, id) in whole { #expect(containers[node] == id, "\(node) was made anew") }
        var found: [AIOpsTask] = []
        for task in tasks {
            let present = try await rig.task(task.metadata.name)
            guard present.status.isFinished, try await !rig.isRecorded(present) else { continue }
            #expect(!present.status.conditions.isTrue(.cleanedUp), "\(present.metadata.name)")
            found.append(present)
        }
        try start(rig, opening: .delete)
        return try #require(found.first, "no task has ended")
    }

    /// The engine was told to remove the node, and is at it.
    private func halfDeleted(_ task: AIOpsTask, _ rig: KindRig) async throws {
        let node = try #require(task.node)
        try await eventually("the node is being removed", within: .seconds(60), every: .milliseconds(5)) {
            .holds(!ProcessTable.running(["rm", node]).isEmpty, else: "\(task.metadata.name)")
        }
        try await kill(rig, at: "half deleted")
        let present = try await rig.task(task.metadata.name)
        #expect(!present.status.conditions.isTrue(.cleanedUp), "too late to prove anything")
        try rig.door.shut(.list, untilGone: node)
        try start(rig)
    }

    /// The engine has nothing of it any more, and nobody has written that down.
    private func deletedAndNotTold(_ task: AIOpsTask, _ rig: KindRig) async throws {
        try await awaitHeld(.list, 1, rig)
        let node = try #require(task.node)
        #expect(try await rig.engine.containers()[node] == nil)
        try await kill(rig, at: "deleted, not told")
        let present = try await rig.task(task.metadata.name)
        #expect(!present.status.conditions.isTrue(.cleanedUp), "too late to prove anything")
        try start(rig, opening: .list)
    }

    // MARK: Death

    private func awaitHeld(
        _ command: KindDoor.Command, _ count: Int, _ rig: KindRig, within limit: Duration = .seconds(60)
    ) async throws {
        try await eventually("\(command) is held", within: limit, every: .milliseconds(20)) {
            .holds(rig.door.held(command).count >= count, else: "\(rig.door.held(command))")
        }
    }

    /// kill -9, after which nobody works on any cluster.
    private func kill(_ rig: KindRig, at moment: String) async throws {
        #expect(rig.process.life?.isRunning == true, "\(moment): it ended by itself")
        try await rig.process.kill()
        var clusters: [String] = []
        for name in Self.names { clusters += try await rig.task(name).kindClusters }
        let words = [[rig.door.program]] + clusters.map { ["--name", $0] }
        try await eventually("no kind works for an operator that is gone (\(moment))", within: .seconds(10)) {
            let left = words.flatMap { ProcessTable.running($0) }
            return .holds(left.isEmpty, else: "\(left)")
        }
    }

    private func start(_ rig: KindRig, opening command: KindDoor.Command? = nil) throws {
        if let command { rig.door.open(command) }
        try rig.process.start()
    }
}
