import AIOpsAPI
import KubernetesModel
import LifecycleTesting
import Primitives
import SchedulingTesting
import Telemetry
import Testing

@testable import Controllers

@Suite(.ownThread) struct WorkerHostTests {
    /// Runs that end when the test says so.
    private final class Stage: Sendable {
        private struct State {
            var started: [String] = []
            var controls: [String: RunControl] = [:]
            /// What each run knew of when it began.
            var known: [RunControl.Request?] = []
            var running = 0
        }

        private let state = Locked(State())
        private let starts: AsyncStream<Void>
        private let startSink: AsyncStream<Void>.Continuation
        private let ends: AsyncStream<Bool>
        let endSink: AsyncStream<Bool>.Continuation
        let time = ManualTimeSource()
        let finishes: AsyncStream<ObjectKey>
        private let finishSink: AsyncStream<ObjectKey>.Continuation

        init() {
            (starts, startSink) = AsyncStream.makeStream()
            (ends, endSink) = AsyncStream.makeStream()
            (finishes, finishSink) = AsyncStream.makeStream()
        }

        var started: [String] { state.withLock { $0.started } }
        var running: Int { state.withLock { $0.running } }
        var known: [RunControl.Request?] { state.withLock { $0.known } }
        func control(_ uid: String) -> RunControl? { state.withLock { $0.controls[uid] } }

        func host() -> WorkerHost {
            WorkerHost(
                workers: WorkerNames(session: "aaaaa"), capacity: 4, time: time, logger: .disabled,
                execute: { task, control in await self.execute(task, control) },
                finished: { key in self.finishSink.yield(key) })
        }

        private func execute(_ task: AIOpsTask, _ control: RunControl) async -> Bool {
            state.withLock { state in
                state.started.append(task.metadata.uid)
                state.controls[task.metadata.uid] = control
                state.known.append(control.request)
                state.running += 1
            }
            startSink.yield()
            var iterator = ends.makeAsyncIterator()
            let result = await iterator.next() ?? false
            state.withLock { $0.running -= 1 }
            return result
        }

        func awaitStart() async {
            var iterator = starts.makeAsyncIterator()
            await iterator.next()
        }

        func end(written: Bool) async {
            endSink.yield(written)
            var iterator = finishes.makeAsyncIterator()
            _ = await iterator.next()
        }
    }

    private let stage = Stage()

    private func task(_ name: String = "t", worker: String = "demo/default-aaaaa-0", epoch: Int64 = 1) -> AIOpsTask {
        Fixture.task(name, phase: .running) { $0.status.claim = Bench.claim(worker, epoch: epoch) }
    }

    private func withHost(_ body: (WorkerHost) async throws -> Void) async throws {
        let host = stage.host()
        let running = Task { try await host.run() }
        defer { running.cancel() }
        try await body(host)
        running.cancel()
        stage.endSink.finish()
        try await running.value
        #expect(stage.running == 0, "a run outlived the host")
    }

    @Test func aTaskRunsOnceAtATime() async throws {
        try await withHost { host in
            #expect(host.look(at: task()) == nil)
            await stage.awaitStart()
            _ = host.look(at: task())
            #expect(host.isRunning(uid: "uid-demo-t"))
            await stage.end(written: true)
            #expect(stage.started == ["uid-demo-t"])
            #expect(!host.isRunning(uid: "uid-demo-t"))
        }
    }

    @Test(arguments: ["another session", "queued", "deleting", "no claim"])
    func whatIsNotOursIsNotRun(why: String) async throws {
        try await withHost { host in
            var foreign = task()
            switch why {
            case "another session": foreign.status.claim?.worker = "demo/default-bbbbb-0"
            case "queued": foreign.status.phase = .queued
            case "deleting": foreign.metadata.deletionTimestamp = Fixture.now
            default: foreign.status.claim = nil
            }
            #expect(host.look(at: foreign) == nil)
            #expect(!host.isRunning(uid: foreign.metadata.uid))
        }
        #expect(stage.started.isEmpty)
    }

    /// I7: the cache goes on showing the claim for a while after the end was written.
    @Test func anEndedClaimIsNeverRunAgain() async throws {
        try await withHost { host in
            _ = host.look(at: task())
            await stage.awaitStart()
            await stage.end(written: true)
            for _ in 0..<3 {
                #expect(host.look(at: task()) == nil)
                #expect(!host.isRunning(uid: "uid-demo-t"))
                stage.time.advance(by: .seconds(60))
            }
            // A new claim is a new run.
            _ = host.look(at: task(epoch: 2))
            #expect(host.isRunning(uid: "uid-demo-t"))
            await stage.awaitStart()
            await stage.end(written: true)
        }
        #expect(stage.started.count == 2)
    }

    /// Somebody takes the finalizer away: the task is gone without having been seen to end.
    @Test(arguments: [nil, "uid-of-the-next"])
    func whatIsGoneIsForgotten(heir: String?) async throws {
        try await withHost { host in
            _ = host.look(at: task())
            await stage.awaitStart()
            // It is gone before its run has noticed.
            host.forget(task().key, but: heir)
            await stage.end(written: false)
            #expect(host.remembered == 1)
            host.forget(task().key, but: "uid-demo-t")
            #expect(host.remembered == 1)
            host.forget(task().key, but: heir)
            #expect(host.remembered == 0)
        }
    }

    @Test func anUnwrittenEndIsTriedAgainAfterAGrowingWait() async throws {
        try await withHost { host in
            var waits: [Duration] = []
            for _ in 0..<7 {
                #expect(host.look(at: task()) == nil)
                await stage.awaitStart()
                await stage.end(written: false)
                let wait = try #require(host.look(at: task()))
                waits.append(wait)
                #expect(!host.isRunning(uid: "uid-demo-t"))
                stage.time.advance(by: wait)
            }
            #expect(waits == [1, 2, 4, 8, 16, 30, 30].map { .seconds($0) })
        }
    }

    @Test func aRunWhoseClaimMovedIsAbandoned() async throws {
        try await withHost { host in
            _ = host.look(at: task())
            await stage.awaitStart()
            #expect(stage.control("uid-demo-t")?.request == nil)
            _ = host.look(at: task(worker: "demo/default-bbbbb-0", epoch: 2))
            #expect(stage.control("uid-demo-t")?.request == .abandon)
            await stage.end(written: false)
        }
    }

    /// After a restart little may be left to do, and nobody comes in time to ask once more.
    @Test(arguments: [(CancelMode.graceful, RunControl.Request.cancelGracefully), (.immediate, .cancelImmediately)])
    func aRunThatIsTakenOverKnowsOfAnOlderCancel(mode: CancelMode, request: RunControl.Request) async throws {
        try await withHost { host in
            var cancelled = task(epoch: 2)
            cancelled.spec.cancel = mode
            _ = host.look(at: cancelled)
            await stage.awaitStart()
            #expect(stage.known == [request])
            await stage.end(written: true)
        }
    }

    @Test func aRequestOnlyGetsStronger() async throws {
        try await withHost { host in
            _ = host.look(at: task())
            await stage.awaitStart()
            host.ask(.cancelImmediately, uid: "uid-demo-t")
            host.ask(.cancelGracefully, uid: "uid-demo-t")
            #expect(stage.control("uid-demo-t")?.request == .cancelImmediately)
            host.ask(.abandon, uid: "uid-demo-t")
            #expect(stage.control("uid-demo-t")?.request == .abandon)
            await stage.end(written: false)
        }
    }

    @Test func aFullHostSaysWhenToComeBack() {
        let host = stage.host()
        let waits = (0..<5).map { host.look(at: task("t\($0)")) }
        #expect(waits == [nil, nil, nil, nil, .seconds(1)])
        #expect(!host.isRunning(uid: "uid-demo-t4"))
    }

    // MARK: Draining

    /// The reply to the call in hand would be lost, and paid twice.
    @Test func anAgentAtItsWorkIsWaitedFor() async throws {
        try await withHost { host in
            #expect(host.look(at: task()) == nil)
            await stage.awaitStart()
            let control = try #require(stage.control("uid-demo-t"))
            control.work(true)
            let hasEnded = Locked(false)
            async let drained: Void = {
                await host.drain()
                hasEnded.withLock { $0 = true }
            }()
            await stage.time.waitForSleepers(1)
            #expect(control.isPaused)
            // Time enough for one that does not wait.
            for _ in 0..<1_000 { await Task.yield() }
            #expect(!hasEnded.withLock { $0 })
            control.work(false)
            stage.time.advance(by: .seconds(1))
            await drained
            #expect(stage.running == 1)
        }
    }

    /// A reply that does not come holds nobody up for long, and a stage that is entered again by the next not at all.
    @Test(arguments: [true, false]) func theWaitHasAnEnd(isAtWork: Bool) async throws {
        try await withHost { host in
            #expect(host.look(at: task()) == nil)
            await stage.awaitStart()
            let control = try #require(stage.control("uid-demo-t"))
            control.work(isAtWork)
            let began = stage.time.monotonicNow()
            let (ends, end) = AsyncStream<Bool>.makeStream()
            async let drained: Void = {
                await host.drain()
                end.yield(true)
            }()
            while isAtWork, stage.time.monotonicNow() - began < WorkerHost.lastStep {
                await stage.time.waitForSleepers(1)
                stage.time.advance(by: .seconds(5))
            }
            async let sleepsOn: Void = {
                await stage.time.waitForSleepers(1)
                end.yield(false)
            }()
            #expect(await ends.first { _ in true } == true, "it sleeps once more")
            #expect((stage.time.monotonicNow() > began) == isAtWork)
            control.work(false)
            async let _ = try? stage.time.sleep(for: .seconds(1))
            await sleepsOn
            stage.time.advance(by: .seconds(5))
            await drained
        }
    }

    @Test func aHostThatNeverRanHasNothingToWaitFor() async {
        await stage.host().drain()
    }
}
