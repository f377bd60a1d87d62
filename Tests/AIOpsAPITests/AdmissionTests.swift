import AIOpsAPI
import JSON
import KubernetesModel
import Primitives
import Testing

@Suite struct AdmissionTests {
    private func admittedTask() throws -> AIOpsTask {
        let spec = try AIOpsTask.Spec(jsonValue: [
            "problem": ["id": "a", "parameters": ["z": "1", "y": "2"]], "priority": 2,
            "environment": ["type": "Namespace"], "limits": ["maxSteps": 7],
        ])
        var task = AIOpsTask(metadata: ObjectMeta(name: "t", namespace: "n"), spec: spec)
        task.metadata.generation = 3
        task.admit(now: Timestamp(seconds: 50))
        return task
    }

    @Test func theRunFollowsTheCopyButForWhatMayChange() throws {
        var task = try admittedTask()
        task.spec.problem?.id = "b"
        task.spec.limits?.maxSteps = 900
        task.spec.priority = 5
        task.spec.suspend = true
        task.spec.cancel = .graceful
        task.spec.ttlSecondsAfterFinished = 60
        task.spec.environment?.retention = try AIOpsTask.Retention(jsonValue: ["onFailureSeconds": 30])
        let running = try task.runningSpec()
        #expect(running.problem?.id == "a")
        #expect(running.limits?.maxSteps == 7)
        #expect(running.priority == 5)
        #expect(running.suspend == true)
        #expect(running.cancel == .graceful)
        #expect(running.ttlSecondsAfterFinished == 60)
        #expect(running.environment?.retention?.onFailureSeconds == 30)
        #expect(try task.lateChanges().map(\.path) == ["spec.problem", "spec.limits"])
        #expect(try task.lateChanges().allSatisfy { $0.reason == .immutable })
    }

    /// A newer version brings defaults, which the server fills into what it stored before: nobody has edited anything.
    @Test func aDefaultThatCameWithAnUpgradeIsNoEdit() throws {
        let bare: JSONValue = [
            "problem": ["id": "a"], "limits": ["maxTokens": 5], "retry": ["on": ["Provider"]],
            "environment": ["kind": ["nodeImage": "kind"]],
            "callback": ["url": "https://a", "secretRef": ["name": "s"]],
        ]
        var task = AIOpsTask(metadata: ObjectMeta(name: "t"), spec: try AIOpsTask.Spec(jsonValue: bare))
        task.admit(now: Timestamp(seconds: 1))
        let filled = AIOpsTask.Spec.schema.defaulted(bare)
        #expect(filled["successPolicy"] == "Completed")
        #expect(filled["environment"]?["kind"]?["workers"] == 0)
        #expect(filled["approval"] == nil)
        task.spec = try AIOpsTask.Spec(jsonValue: filled)
        #expect(try task.lateChanges().isEmpty)
        task.spec.limits?.maxSteps = 31
        #expect(try task.lateChanges().map(\.path) == ["spec.limits"])
    }

    /// Every field is either fixed, reported when it changes, or taken over while running: none slips through.
    @Test func everyFieldIsFixedOrTakenOver() throws {
        let full = try AIOpsTask.Spec(jsonValue: SchemaSample.value(of: AIOpsTask.Spec.schema))
        for key in full.jsonValue().objectValue?.keys ?? [] {
            var task = AIOpsTask(metadata: ObjectMeta(name: "t"), spec: full)
            task.admit(now: Timestamp(seconds: 1))
            var edited = full.jsonValue()
            edited[key] = nil
            task.spec = try AIOpsTask.Spec(jsonValue: edited)
            let isReported = try !task.lateChanges().isEmpty
            let isTakenOver = try task.runningSpec() == task.spec
            #expect(isReported != isTakenOver || key == "environment", "\(key)")
            #expect(isReported || isTakenOver, "\(key)")
        }
    }

    @Test func theCopyIsStableAndKeptOnce() throws {
        var task = try admittedTask()
        let first = task.status.admission
        #expect(first == (try admittedTask()).status.admission)
        #expect(first?.generation == 3)
        task.spec.priority = 1
        task.admit(now: Timestamp(seconds: 99))
        #expect(task.status.admission == first)
        #expect(try task.lateChanges().isEmpty)
    }

    /// What the pool gives is copied with the spec, and the pool asked for stays the one asked for.
    @Test func whatThePoolGivesIsKeptAsItWasToo() throws {
        var pool = WorkerPool(
            metadata: ObjectMeta(name: "fast", namespace: "ops"),
            spec: try WorkerPool.Spec(jsonValue: [
                "workers": ["replicas": 7], "modelDefaults": ["name": "a"], "environments": ["type": "Namespace"],
                "routes": [["pattern": "x-*"], ["pattern": "*", "timeoutSeconds": 60]],
            ]))
        var task = AIOpsTask(
            metadata: ObjectMeta(name: "t", namespace: "n"),
            spec: try AIOpsTask.Spec(jsonValue: ["problem": ["id": "a"], "poolRef": ["name": "fast"]]))
        task.metadata.generation = 1
        task.admit(to: pool, route: pool.spec.routes?.last, now: Timestamp(seconds: 1))
        pool.spec.modelDefaults?.name = "b"
        task.admit(to: pool, route: pool.spec.routes?.first, now: Timestamp(seconds: 2))
        task.spec.poolRef?.name = "slow"
        task.metadata.generation = 2
        let kept = try task.admittedDefaults()
        #expect(
            kept?.jsonValue() == [
                "modelDefaults": ["name": "a"], "environments": ["type": "Namespace"],
                "routes": [["pattern": "*", "timeoutSeconds": 60]],
            ])
        #expect(task.status.admission?.pool?.namespace == "ops" && task.status.admission?.pool?.name == "fast")
        #expect(task.followedPoolRef?.name == "fast" && task.followedPoolRef?.namespace == "ops")
        #expect(AIOpsTask.Admission.schema.check(try #require(task.status.admission).jsonValue(), at: "a").isEmpty)
        task.status.admission?.pool?.defaults = "{}"
        #expect(throws: JSONError.self) { try task.admittedDefaults() }
    }

    @Test func aDamagedCopyIsNotRun() throws {
        var task = try admittedTask()
        task.status.admission?.spec.append(" ")
        #expect(throws: JSONError.self) { try task.runningSpec() }
    }
}
