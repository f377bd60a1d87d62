package import AIOpsAPI
import JSON
import KubernetesModel
import KubernetesTesting

/// The lifecycles that every plan runs over: create, run, cancel, delete, for each kind.
extension Lifecycle {
    package static let detection = oneTask("task-detection")
    package static let mitigation = oneTask("task-mitigation", isMitigation: true)

    /// The provider refuses the key: the task's failure, and the user's to mend.
    package static let refusedKey: Lifecycle = {
        var lifecycle = oneTask("task-failure")
        lifecycle.providerAnswers = .refusingTheKey
        return lifecycle
    }()

    /// The model is so slow that the task's own time is over first.
    package static let timeLimit: Lifecycle = {
        var lifecycle = oneTask("task-time-limit") { task in
            var limits = AIOpsTask.Limits()
            limits.timeoutSeconds = 60
            task.spec.limits = limits
        }
        lifecycle.modelLatency = .seconds(45)
        // What the agent left is graded where it was the agent that ran out of time, and only there: where much goes wrong
        // before, it has no turn.
        lifecycle.outcomeVaries = true
        lifecycle.outcomes = ["Failed", "Succeeded"]
        return lifecycle
    }()

    /// Cancelled as soon as it has reached the phase.
    package static func cancelled(_ how: String, in phase: Phase) -> Lifecycle {
        oneTask(
            "task-cancel-\(how.lowercased())-\(phase.rawValue.lowercased())", isMitigation: true, outcomeVaries: true
        ).adding(
            Step("cancel", when: { $0.phase(task) == phase.rawValue }) { world in
                world.patch(AIOpsTask.resourceType, task, ["spec": ["cancel": .string(how)]])
            })
    }

    /// Deleted as soon as it has reached the phase.
    package static func deleted(in phase: Phase) -> Lifecycle {
        oneTask("task-delete-\(phase.rawValue.lowercased())", isMitigation: true, outcomeVaries: true).adding(
            Step("delete", when: { $0.phase(task) == phase.rawValue }) { world in
                world.server.ask(toDelete: AIOpsTask.resourceType, task)
            }
        ).until { $0.isGone(task) }
    }

    /// The pool comes after its task, grows, shrinks to nothing and goes.
    package static let pool: Lifecycle = Lifecycle(
        name: "pool-create-scale-delete",
        setUp: { world in
            world.server.put(makeTask())
            world.server.put(makeTask("u"))
        },
        script: [
            Step("create the pool", when: { $0.condition("Admitted", of: AIOpsTask.resourceType, task) == "False" }) {
                $0.server.put(makePool())
            },
            Step("scale to 3", when: { $0.phase(task) == "Deploying" }) { world in
                world.patch(WorkerPool.resourceType, poolKey, ["spec": ["workers": ["replicas": 3]]])
            },
            Step("scale to 0", when: { $0.phase(task) == "Succeeded" && $0.phase(second) == "Succeeded" }) { world in
                world.patch(WorkerPool.resourceType, poolKey, ["spec": ["workers": ["replicas": 0]]])
            },
            Step(
                "delete the pool",
                when: {
                    $0.server.object(WorkerPool.resourceType, poolKey)?["status"]?["replicas"] == 0
                        && $0.isCleanedUp(task)
                        && $0.isCleanedUp(second)
                }
            ) { $0.server.ask(toDelete: WorkerPool.resourceType, poolKey) },
        ],
        isOver: {
            $0.server.object(WorkerPool.resourceType, poolKey) == nil && $0.isCleanedUp(task) && $0.isCleanedUp(second)
        })

    /// The conversation goes with its task, or is kept when the task says so.
    package static func conversation(keep: Bool) -> Lifecycle {
        oneTask(keep ? "conversation-kept" : "conversation-with-task") { task in
            guard keep else { return }
            var settings = AIOpsTask.ConversationSettings()
            settings.retain = .keep
            task.spec.conversation = settings
        }.adding(
            Step("delete the task", when: { $0.isCleanedUp(task) && !$0.isGone(task) }) { world in
                world.server.ask(toDelete: AIOpsTask.resourceType, task)
            }
        ).until { $0.isGone(task) }
    }

    /// Deleted while it runs; what was said until then is a record that its user wants to keep.
    package static let keptThroughDeletion: Lifecycle = oneTask(
        "conversation-kept-delete-running", isMitigation: true, outcomeVaries: true
    ) { task in
        var settings = AIOpsTask.ConversationSettings()
        settings.retain = .keep
        task.spec.conversation = settings
    }.adding(
        Step("delete", when: { $0.phase(task) == "Running" && $0.provider.calls > 0 }) { world in
            world.server.ask(toDelete: AIOpsTask.resourceType, task)
        }
    ).until { $0.isGone(task) }

    /// Deleted while it runs, and created again under its name as soon as it is gone: another uid, another task.
    package static let recreated = deleted(in: .running).adding(
        Step(
            "create it again",
            when: { $0.isGone(task) && $0.condition("Available", of: WorkerPool.resourceType, poolKey) != nil }
        ) {
            $0.server.put(makeTask(isMitigation: true))
        }
    ).renamed("task-recreated").until { $0.phase(task) == "Succeeded" && $0.isCleanedUp(task) }

    /// An agent of eight steps, in either style: every write of it is a place to die at.
    package static let eightSteps: [Lifecycle] = [AgentToolStyle.codeBlock, .native].flatMap { style in
        [false, true].map { isMitigation in
            let kind = isMitigation ? "mitigation" : "detection"
            var lifecycle = oneTask(
                "agent-eight-steps-\(kind)-\(style.rawValue.lowercased())", isMitigation: isMitigation
            ) { $0.spec.agent?.toolStyle = style }
            lifecycle.providerAnswers = .thoroughly
            return lifecycle
        }
    }

    private static let second = ObjectKey(namespace: "demo", name: "u")

    package static let all: [Lifecycle] =
        [detection, mitigation, refusedKey, timeLimit, pool, conversation(keep: false), conversation(keep: true)]
        + [keptThroughDeletion, budget] + eightSteps.filter(\.isMitigation)
        + [Phase.queued, .running, .evaluating].flatMap {
            [cancelled("Graceful", in: $0), cancelled("Immediate", in: $0)]
        }
        + [Phase.pending, .queued, .provisioning, .deploying, .injecting, .running, .evaluating].map(deleted)

    package static func named(_ name: String) -> Lifecycle? { (all + eightSteps).first { $0.name == name } }
}
