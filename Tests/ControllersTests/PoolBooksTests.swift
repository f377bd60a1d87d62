import AIOpsAPI
import ControllerRuntime
import KubernetesModel
import Primitives
import Scheduling
import Testing

@testable import Controllers

/// Books kept through any history equal books made anew from what is there at its end.
@Suite struct PoolBooksTests {
    /// All that the books say, less whose turn it was.
    private struct Sums: Hashable {
        var cards: [ObjectKey: PoolBooks.Card]
        var held: [String: [String: String]]
        var room: Int
        var ended: [String: PoolBooks.Tally]
        var pages: [ObjectKey: [[String]]]

        init(_ books: PoolBooks) {
            cards = books.cards
            held = books.held
            room = books.room
            ended = books.ended
            pages = books.pages.mapValues { page in
                [
                    page.waiting.entries.map { "\($0)" }.sorted(),
                    page.leftBehind.entries.map { "\($0)" }.sorted(),
                    ["\(page.queued) queued, \(page.held) held, \(page.environments) made, \(page.tasks) tasks"],
                    page.waiting.counts.map { "\($0.key): \($0.value)" }.sorted(),
                    page.paying.entries.map { "\($0)" }.sorted(),
                ]
            }
        }
    }

    private let names = WorkerNames(session: "aaaaa")

    @Test(arguments: UInt64(1)...40)
    func keptBooksEqualBooksMadeAnew(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var world = PoolWorld(names: names)
        for step in 0..<150 {
            world.change(&random)
            if step % 10 == 0 {
                #expect(Sums(world.books) == Sums(world.recomputed()), "step \(step)")
            }
        }
        #expect(Sums(world.books) == Sums(world.recomputed()))
    }

    /// Whatever happens: nobody begins while the pool has as many environments as it may have, also where its claims are not
    /// shown yet.
    @Test(arguments: UInt64(1)...20) func noHistoryGivesAPoolTooManyEnvironments(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var world = PoolWorld(names: names, most: 4)
        var begun = 0
        for step in 0..<300 {
            world.change(&random)
            for pool in world.pools.values {
                let new = world.grant(pool).filter { !$0.isTakeOver }
                begun += new.count
                let count = world.environments(of: pool.key)
                #expect(world.books.environments(of: pool.key) == count, "step \(step)")
                #expect(new.isEmpty || count <= 4, "step \(step): \(count)")
            }
        }
        #expect(begun > 5)
    }

    /// I7, whatever happens: no worker is over its capacity, nor all of them together over that of the process, and no
    /// task is granted twice at one version.
    @Test(arguments: UInt64(1)...20, [1000, 3])
    func noHistoryGivesAWorkerTooMuch(seed: UInt64, capacity: Int) {
        var random = SeededGenerator(seed: seed)
        var world = PoolWorld(names: names, capacity: capacity)
        for step in 0..<150 {
            world.change(&random)
            for pool in world.pools.values {
                let limit = pool.spec.effective().maxTasksPerWorker
                let grants = world.grant(pool)
                let all = world.books.held.values.reduce(0) { $0 + $1.count }
                #expect(grants.isEmpty || all <= capacity, "step \(step)")
                for grant in grants {
                    let load = world.books.held[grant.claim.worker]?.count ?? 0
                    #expect(load <= limit, "step \(step): \(grant.claim.worker)")
                }
            }
        }
    }
}

/// Pools and tasks that come, change and go, and the books of them.
private struct PoolWorld {
    private(set) var books: PoolBooks
    private(set) var pools: [ObjectKey: WorkerPool] = [:]
    private var tasks: [ObjectKey: AIOpsTask] = [:]
    private let names: WorkerNames
    private var version = 100
    /// Most environments of a pool.
    private let most: Int?
    private static let namespaces = ["a", "b", "ops"]

    init(names: WorkerNames, capacity: Int = 1000, most: Int? = nil) {
        self.names = names
        self.most = most
        books = PoolBooks(names: names, capacity: capacity)
    }

    mutating func change(_ random: inout SeededGenerator) {
        if Int.random(in: 0..<12, using: &random) == 0 { return changePool(&random) }
        let namespace = Self.namespaces.randomElement(using: &random) ?? "a"
        let key = ObjectKey(namespace: namespace, name: "t\(Int.random(in: 0..<12, using: &random))")
        version += 1
        if tasks[key] != nil, Int.random(in: 0..<5, using: &random) == 0 {
            tasks[key] = nil
        } else {
            tasks[key] = task(key, &random)
        }
        see(key)
    }

    private mutating func changePool(_ random: inout SeededGenerator) {
        let namespace = Self.namespaces.randomElement(using: &random) ?? "a"
        let key = ObjectKey(namespace: namespace, name: "default")
        if pools[key] != nil, Bool.random(using: &random) {
            pools[key] = nil
        } else {
            pools[key] = Fixture.pool(namespace: namespace, replicas: Int.random(in: 0...4, using: &random)) {
                $0.spec.workers?.maxTasksPerWorker = Int.random(in: 1...2, using: &random)
                var queue = WorkerPool.QueuePolicy()
                queue.fairness = Bool.random(using: &random) ? .arrival : .namespace
                $0.spec.queue = queue
                $0.spec.environments = WorkerPool.Environments()
                $0.spec.environments?.maxTotal = most
            }
        }
        // As the ledger marks them.
        for task in tasks.keys { see(task) }
    }

    private func task(_ key: ObjectKey, _ random: inout SeededGenerator) -> AIOpsTask {
        let phases: [Phase?] = [nil, .pending, .queued, .queued, .queued, .running, .evaluating, .succeeded, .failed]
        let phase = phases.randomElement(using: &random) ?? nil
        return Fixture.task(
            key.name, namespace: key.namespace, uid: "\(key)-\(Int.random(in: 0..<2, using: &random))", phase: phase
        ) {
            $0.metadata.resourceVersion = "\(version)"
            $0.spec.priority = Int.random(in: 1...5, using: &random)
            if Int.random(in: 0..<6, using: &random) == 0 { $0.spec.suspend = true }
            if Int.random(in: 0..<8, using: &random) == 0 { $0.metadata.deletionTimestamp = Fixture.now }
            guard phase?.isRunning == true || phase?.isTerminal == true else { return }
            if phase?.isTerminal == true, Bool.random(using: &random) { $0.keepEnvironment() }
            let session = Bool.random(using: &random) ? "aaaaa" : "zzzzz"
            let claim = Bench.claim("\(key.namespace)/default-\(session)-\(Int.random(in: 0..<5, using: &random))")
            $0.status.claim = Int.random(in: 0..<9, using: &random) == 0 ? nil : claim
        }
    }

    private mutating func see(_ key: ObjectKey) { books.see(key, tasks[key], home: home(key), pays: pays(key)) }

    /// Every third task has a model that costs something.
    private func pays(_ key: ObjectKey) -> Bool { (tasks[key]?.spec.priority ?? 0) % 3 == 0 }

    private func home(_ key: ObjectKey) -> PoolReference.Home? {
        guard let task = tasks[key] else { return nil }
        let places = PoolReference(task, operatorNamespace: "ops").places
        let found = places.first { pools[$0] != nil }
        return PoolReference.Home(key: found ?? places[0], pool: found.flatMap { pools[$0] })
    }

    mutating func grant(_ pool: WorkerPool) -> [PoolPlanner.Grant] {
        let tasks = tasks
        return PoolPlanner(pool: pool, names: names, now: Fixture.now).plan(&books) { tasks[$0] }.grants
    }

    /// Counted from the tasks and from the claims they do not show yet.
    func environments(of pool: ObjectKey) -> Int {
        tasks.count { key, task in
            guard home(key)?.key == pool else { return false }
            return task.status.phase?.isRunning == true || task.status.environment != nil
                || books.assumed[task.metadata.uid] != nil
        }
    }

    func recomputed() -> PoolBooks {
        var fresh = PoolBooks(names: names)
        for (key, task) in tasks { fresh.see(key, task, home: home(key), pays: pays(key)) }
        return fresh
    }
}
