import AIOpsAPI
import ControllerRuntime
import Controllers
import KubernetesModel
import Primitives
import Problems
import Testing

@Suite struct TaskPlannerTests {
    // MARK: Admission

    @Test func aNewTaskIsQueuedWithItsSpecSnapshot() throws {
        let task = Fixture.task()
        let decision = try Fixture.decide(task)
        #expect(decision.status.phase == .queued)
        #expect(decision.status.attempt == 1)
        #expect(decision.status.observedGeneration == 1)
        #expect(decision.status.queue?.since == Fixture.now)
        #expect(decision.status.display?.model == "simulated")
        #expect(decision.status.display?.pool == "default")
        let admission = try #require(decision.status.admission)
        #expect(try admission.decodedSpec() == task.spec)
        // The finalizer is a step of its own, after the first answer.
        #expect(!decision.addsFinalizer)
    }

    @Test func theFinalizerComesBeforeAnyWorker() throws {
        let queued = Fixture.task(phase: .queued) { $0.metadata.finalizers = [] }
        #expect(try Fixture.decide(queued).addsFinalizer)
        #expect(try !Fixture.decide(Fixture.task(phase: .queued)).addsFinalizer)
    }

    @Test(arguments: [
        ("two kinds of work", Reason.invalidSpec, "set exactly one of"),
        ("no work", .invalidSpec, "set exactly one of"),
        ("priority 9", .invalidSpec, "priority"),
        ("provider without address", .invalidSpec, "baseURL"),
        ("unserved strategy", .notSupported, "React or Shell"),
        ("retries", .notSupported, "retry"),
        ("unknown tool", .invalidSpec, "there is no get_weather; there are get_logs, exec_shell"),
        ("Shell without its tool", .invalidSpec, "name it, or use React"),
        ("existing environment", .notSupported, "Namespace"),
    ])
    func badInputEndsWithAReasonAndAdvice(what: String, reason: Reason, hint: String) throws {
        let task = Fixture.task {
            switch what {
            case "two kinds of work":
                var query = AIOpsTask.QueryWork()
                query.message = "what is wrong?"
                $0.spec.query = query
            case "no work": $0.spec.problem = nil
            case "priority 9": $0.spec.priority = 9
            case "provider without address":
                var agent = AIOpsTask.Agent()
                var model = ModelSettings()
                model.provider = .openAICompatible
                agent.model = model
                $0.spec.agent = agent
            case "unserved strategy":
                var agent = AIOpsTask.Agent()
                agent.strategy = .threePhase
                $0.spec.agent = agent
            case "unknown tool", "Shell without its tool":
                var agent = AIOpsTask.Agent()
                agent.tools = what == "unknown tool" ? ["exec_shell", "get_weather"] : ["get_logs"]
                if what != "unknown tool" { agent.strategy = .shell }
                $0.spec.agent = agent
            case "retries":
                var retry = AIOpsTask.Retry()
                retry.limit = 2
                $0.spec.retry = retry
            default:
                var environment = AIOpsTask.Environment()
                environment.type = .existing
                environment.existing = AIOpsTask.ExistingEnvironment()
                environment.existing?.namespace = "a"
                environment.existing?.serviceAccountName = "b"
                $0.spec.environment = environment
            }
        }
        let decision = try Fixture.decide(task)
        #expect(decision.status.phase == .failed)
        let condition = try #require(decision.status.conditions.get(.succeeded))
        #expect(condition.status == .false)
        #expect(condition.reason == reason.rawValue)
        #expect(condition.message.contains(hint), "\(condition.message)")
        #expect(decision.status.conditions.isTrue(.stalled))
        #expect(decision.status.conditions.isTrue(.cleanedUp))
    }

    @Test(arguments: [[], ["exec_shell"], ["exec_shell", "get_logs"]] as [[String]])
    func anAgentMayHaveFewerTools(tools: [String]) throws {
        let task = Fixture.task {
            var agent = AIOpsTask.Agent()
            agent.tools = tools
            $0.spec.agent = agent
        }
        #expect(try Fixture.decide(task).status.phase == .queued)
    }

    @Test func anUnknownProblemNamesTheClosestOnes() throws {
        let error = try #require(throws: ProblemError.self) {
            try Catalogue.builtin().problem("shop_lite_target_port-misconfig-detction-1")
        }
        let decision = try Fixture.decide(Fixture.task(), problem: .failed(error))
        let condition = try #require(decision.status.conditions.get(.succeeded))
        #expect(condition.reason == Reason.problemNotFound.rawValue)
        #expect(condition.message.contains(Fixture.detection))
    }

    @Test func aMissingPoolIsWaitedFor() throws {
        let key = ObjectKey(namespace: "demo", name: "fast")
        let decision = try Fixture.decide(Fixture.task(), pool: .notFound([key]))
        #expect(decision.status.phase == .pending)
        #expect(decision.status.admission == nil)
        let admitted = try #require(decision.status.conditions.get(.admitted))
        #expect(admitted.reason == Reason.poolNotFound.rawValue)
        #expect(admitted.message.contains("fast"))
        #expect(decision.status.conditions.isTrue(.reconciling))
    }

    @Test func aPoolServesForeignNamespacesOnlyWhenItSaysSo() throws {
        let foreign = Fixture.pool(namespace: "operator")
        let refused = try Fixture.decide(Fixture.task(), pool: .found(foreign))
        #expect(refused.status.conditions.get(.admitted)?.reason == Reason.namespaceNotAllowed.rawValue)
        let open = Fixture.pool(namespace: "operator") {
            var allowed = WorkerPool.AllowedNamespaces()
            allowed.from = .all
            $0.spec.allowedNamespaces = allowed
        }
        #expect(try Fixture.decide(Fixture.task(), pool: .found(open)).status.phase == .queued)
    }

    @Test func aFullQueueHoldsBack() throws {
        let pool = Fixture.pool {
            var queue = WorkerPool.QueuePolicy()
            queue.maxSize = 2
            $0.spec.queue = queue
        }
        #expect(try Fixture.decide(Fixture.task(), pool: .found(pool), queueLength: 1).status.phase == .queued)
        let full = try Fixture.decide(Fixture.task(), pool: .found(pool), queueLength: 2)
        #expect(full.status.conditions.get(.admitted)?.reason == Reason.queueFull.rawValue)
    }

    @Test func aTaskIsToldItsPlaceWhenItJoins() throws {
        let status = try Fixture.decide(Fixture.task(), queueLength: 6).status
        #expect(status.queue?.position == 7)
        let message = status.conditions.get(.succeeded)?.message
        #expect(message == "waiting for a worker of pool default; it joined the queue in place 7")
        var queued = Fixture.task(phase: .queued)
        queued.status = status
        queued.metadata.finalizers = [Finalizer.environment.name]
        // I8: its place is not followed as it moves.
        #expect(try Fixture.decide(queued, queueLength: 2).status == status)
    }

    /// What keeps a queued task waiting, besides the others before it.
    @Test(arguments: ["gone", "hold", "unserved"])
    func aQueuedTaskSaysWhatHoldsItsPoolUp(what: String) throws {
        var queued = Fixture.task(phase: .queued)
        queued.status = try Fixture.decide(Fixture.task()).status
        let pool = Fixture.pool {
            if what == "hold" { $0.spec.stopPolicy = .hold }
            if what == "unserved" { $0.spec.stopPolicy = .holdAndDrain }
        }
        let status = try Fixture.decide(queued, pool: what == "gone" ? .notFound([pool.key]) : .found(pool)).status
        let reason = what == "gone" ? Reason.poolNotFound : .poolOnHold
        #expect(status.queue?.reason == reason.rawValue)
        #expect(status.conditions.get(.reconciling)?.reason == reason.rawValue)
        let admitted = try #require(status.conditions.get(.admitted))
        #expect(admitted.status == .false && admitted.reason == reason.rawValue)
        if what == "gone" { #expect(admitted.message.contains("default in namespace demo is gone; create it again")) }
        // Back again, it goes on by itself.
        queued.status = status
        queued.metadata.finalizers = [Finalizer.environment.name]
        let again = try Fixture.decide(queued).status
        #expect(again.conditions.get(.admitted)?.reason == Reason.waitingForWorker.rawValue)
        #expect(again.queue?.reason == Reason.waitingForWorker.rawValue)
    }

    /// A refusal names what the user wrote, and no default that came with it.
    @Test(arguments: ["query", "workflow"])
    func otherWorkIsRefusedByItsNameAlone(kind: String) throws {
        let task = Fixture.task {
            $0.spec.problem = nil
            if kind == "query" {
                var query = AIOpsTask.QueryWork()
                query.message = "what is wrong?"
                $0.spec.query = query
            } else {
                var step = AIOpsTask.WorkflowStep()
                step.name = "a"
                step.role = .architect
                var workflow = AIOpsTask.WorkflowWork()
                workflow.goal = "g"
                workflow.steps = [step]
                $0.spec.workflow = workflow
            }
        }
        let decision = try Fixture.decide(task, problem: .notAProblem)
        let condition = try #require(decision.status.conditions.get(.succeeded))
        #expect(condition.reason == Reason.notSupported.rawValue)
        #expect(condition.message.contains("spec.\(kind)") && !condition.message.contains("strategy"))
    }

    @Test func aRunningTaskSaysThatItCannotBeSuspended() throws {
        let decision = try Fixture.decide(Fixture.task(phase: .running) { $0.spec.suspend = true }, isRunningHere: true)
        let condition = decision.status.conditions.get(.suspended)
        #expect(condition?.status == .false && condition?.reason == Reason.notSupported.rawValue)
        #expect(decision.request == nil && decision.startsRun)
    }

    @Test func aSuspendedTaskMakesNothing() throws {
        let decision = try Fixture.decide(Fixture.task { $0.spec.suspend = true })
        #expect(decision.status.phase == .pending)
        #expect(decision.status.conditions.isTrue(.suspended))
        #expect(decision.status.conditions.isTrue(.reconciling))
        #expect(!decision.addsFinalizer && !decision.startsRun)
    }

    /// Suspended, let go and suspended again is what suspended was at first: what was in the way meanwhile is told no more.
    @Test func suspendingAgainTellsNothingOfWhatWasInTheWay() throws {
        let suspended = Fixture.task { $0.spec.suspend = true }
        let first = try Fixture.decide(suspended).status
        var waiting = Fixture.task()
        waiting.status = first
        let obstructed = try Fixture.decide(waiting, pool: .notFound([])).status
        #expect(obstructed.conditions.get(.admitted)?.reason == Reason.poolNotFound.rawValue)
        var again = suspended
        again.status = obstructed
        let then = try Fixture.decide(again, pool: .notFound([])).status
        #expect(then.conditions.get(.admitted) == first.conditions.get(.admitted))
        #expect(first.conditions.get(.admitted)?.reason == Reason.suspendedByUser.rawValue)
    }

    // MARK: Steadiness

    /// I8: looking again at what has not changed asks for nothing.
    @Test(arguments: [Phase.queued, .provisioning, .running, .succeeded, .failed, .cancelled])
    func lookingAgainChangesNothing(phase: Phase) throws {
        var task = Fixture.task(phase: phase) { task in
            task.status.display = {
                var display = AIOpsTask.Display()
                display.pool = "default"
                return display
            }()
            if phase.isTerminal { task.status.completedAt = Fixture.now }
        }
        task.status = try Fixture.decide(task).status
        if phase.isTerminal {
            task.status.mark(.cleanedUp, .true, .done, "", generation: 1, now: Fixture.now)
        }
        let later = try Fixture.decide(task, now: Fixture.now + .seconds(3600))
        #expect(later.status == task.status)
    }

    @Test func anEditedFinishedTaskIsObserved() throws {
        var task = Fixture.task(phase: .succeeded) { $0.metadata.generation = 4 }
        task.status.mark(.cleanedUp, .true, .done, "", generation: 1, now: Fixture.now)
        let decision = try Fixture.decide(task)
        #expect(decision.status.observedGeneration == 4)
        #expect(decision.status.conditions.allSatisfy { $0.observedGeneration == 4 })
    }

    @Test func aLateEditIsReportedAndNotFollowed() throws {
        let task = Fixture.task(phase: .running) {
            $0.spec.problem?.id = "noop_detection_shop_lite-1"
            $0.metadata.generation = 2
        }
        let decision = try Fixture.decide(task)
        #expect(decision.status.conditions.isTrue(.specChanged))
        #expect(decision.status.observedGeneration == 2)
        #expect(try task.runningSpec().problem?.id == Fixture.detection)
    }

    // MARK: Cancel, deadline, deletion

    @Test(arguments: [(CancelMode.graceful, RunControl.Request.cancelGracefully), (.immediate, .cancelImmediately)])
    func aCancelReachesTheRun(mode: CancelMode, request: RunControl.Request) throws {
        let decision = try Fixture.decide(Fixture.task(phase: .running) { $0.spec.cancel = mode }, isRunningHere: true)
        #expect(decision.request == request)
        #expect(decision.status.phase == .running)
    }

    @Test func aCancelInTheQueueEndsAtOnce() throws {
        let decision = try Fixture.decide(Fixture.task(phase: .queued) { $0.spec.cancel = .graceful })
        #expect(decision.status.phase == .cancelled)
        #expect(decision.status.conditions.get(.succeeded)?.reason == Reason.cancelled.rawValue)
    }

    @Test func theStartDeadlineEndsTheWait() throws {
        let task = Fixture.task(phase: nil) {
            var limits = AIOpsTask.Limits()
            limits.startDeadlineSeconds = 60
            $0.spec.limits = limits
            $0.admit(now: Fixture.now)
            $0.status.phase = .queued
            $0.status.queue = {
                var queue = AIOpsTask.QueueState()
                queue.since = Fixture.now
                return queue
            }()
        }
        let early = try Fixture.decide(task, now: Fixture.now + .seconds(59))
        #expect(early.status.phase == .queued)
        #expect(early.wakeAfter == .seconds(1))
        let late = try Fixture.decide(task, now: Fixture.now + .seconds(60))
        #expect(late.status.conditions.get(.succeeded)?.reason == Reason.startDeadlineExceeded.rawValue)
    }

    /// A pool that never comes is waited for no longer than the task says.
    @Test func theStartDeadlineEndsTheWaitForAPool() throws {
        let task = Fixture.task(phase: nil) {
            $0.metadata.creationTimestamp = Fixture.now
            var limits = AIOpsTask.Limits()
            limits.startDeadlineSeconds = 60
            $0.spec.limits = limits
        }
        let missing = PoolLookup.notFound([Fixture.pool().key])
        let early = try Fixture.decide(task, pool: missing, now: Fixture.now + .seconds(59))
        #expect(early.status.phase == .pending && early.wakeAfter == .seconds(1))
        let late = try Fixture.decide(task, pool: missing, now: Fixture.now + .seconds(60))
        let succeeded = try #require(late.status.conditions.get(.succeeded))
        #expect(succeeded.reason == Reason.startDeadlineExceeded.rawValue)
        #expect(succeeded.message.contains("startDeadlineSeconds (60 s): ") && late.status.isFinished)
    }

    /// I1: nothing is taken down under a run that may still be making things.
    @Test func aDeletionWaitsForTheRunToStop() throws {
        let task = Fixture.task(phase: .running) { $0.metadata.deletionTimestamp = Fixture.now }
        let running = try Fixture.decide(task, isRunningHere: true)
        #expect(running.request == .abandon)
        #expect(!running.releases)
        let stopped = try Fixture.decide(task)
        #expect(stopped.releases)
    }

    // MARK: After the end

    private func ended(_ phase: Phase, retainOnFailure: Int64? = nil) -> AIOpsTask {
        Fixture.task {
            if let retainOnFailure {
                var environment = AIOpsTask.Environment()
                var retention = AIOpsTask.Retention()
                retention.onFailureSeconds = retainOnFailure
                environment.retention = retention
                $0.spec.environment = environment
            }
            $0.admit(now: Fixture.now)
            $0.status.phase = phase
            $0.status.completedAt = Fixture.now
            $0.status.environment = AIOpsTask.EnvironmentState()
        }
    }

    @Test func anEnvironmentIsReleasedWhenDone() throws {
        #expect(try Fixture.decide(ended(.succeeded)).releases)
        #expect(try !Fixture.decide(ended(.succeeded), isRunningHere: true).releases)
    }

    @Test func aFailureKeepsItsEnvironmentForTheRetentionTime() throws {
        let task = ended(.failed, retainOnFailure: 600)
        let kept = try Fixture.decide(task, now: Fixture.now + .seconds(100))
        #expect(!kept.releases)
        #expect(kept.wakeAfter == .seconds(500))
        #expect(kept.status.conditions.get(.cleanedUp)?.reason == Reason.retained.rawValue)
        #expect(kept.status.environment?.retainUntil == Fixture.now + .seconds(600))
        #expect(try Fixture.decide(task, now: Fixture.now + .seconds(600)).releases)
        #expect(try Fixture.decide(ended(.succeeded, retainOnFailure: 600)).releases)
    }

    @Test(arguments: [false, true])
    func theTaskItselfExpiresUnlessAToolTracksIt(isTracked: Bool) throws {
        var task = ended(.succeeded)
        task.spec.ttlSecondsAfterFinished = 60
        task.status.mark(.cleanedUp, .true, .done, "", generation: 1, now: Fixture.now)
        if isTracked { task.metadata.annotations["argocd.argoproj.io/tracking-id"] = "app:aiops.dev/AIOpsTask:demo/t" }
        #expect(try !Fixture.decide(task, now: Fixture.now + .seconds(59)).deletesTask)
        #expect(try Fixture.decide(task, now: Fixture.now + .seconds(60)).deletesTask == !isTracked)
    }
}
