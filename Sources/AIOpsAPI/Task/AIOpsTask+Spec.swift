package import JSON

extension AIOpsTask {
    /// Exactly one of problem, query, workflow and dispatch.
    ///
    /// Immutable once started, except suspend, cancel, priority and the times to keep things.
    package struct Spec: APIValue {
        package var problem: ProblemWork?
        package var query: QueryWork?
        package var workflow: WorkflowWork?
        package var dispatch: DispatchWork?
        package var agent: Agent?
        package var environment: Environment?
        package var limits: Limits?
        package var priority: Int?
        package var poolRef: PoolReference?
        package var retry: Retry?
        package var approval: Approval?
        package var successPolicy: SuccessPolicy?
        package var cache: CachePolicy?
        package var callback: Callback?
        package var seed: Int64?
        package var suspend: Bool?
        package var cancel: CancelMode?
        package var ttlSecondsAfterFinished: Int64?
        package var conversation: ConversationSettings?

        package init() {}
    }
}

extension AIOpsTask.Spec {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "problem": try reader.read(&problem)
            case "query": try reader.read(&query)
            case "workflow": try reader.read(&workflow)
            case "dispatch": try reader.read(&dispatch)
            case "agent": try reader.read(&agent)
            case "environment": try reader.read(&environment)
            case "limits": try reader.read(&limits)
            case "priority": try reader.read(&priority)
            case "poolRef": try reader.read(&poolRef)
            case "retry": try reader.read(&retry)
            case "approval": try reader.read(&approval)
            case "successPolicy": try reader.read(&successPolicy)
            case "cache": try reader.read(&cache)
            case "callback": try reader.read(&callback)
            case "seed": try reader.read(&seed)
            case "suspend": try reader.read(&suspend)
            case "cancel": try reader.read(&cancel)
            case "ttlSecondsAfterFinished": try reader.read(&ttlSecondsAfterFinished)
            case "conversation": try reader.read(&conversation)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("problem", problem)
        writer.field("query", query)
        writer.field("workflow", workflow)
        writer.field("dispatch", dispatch)
        writer.field("agent", agent)
        writer.field("environment", environment)
        writer.field("limits", limits)
        writer.field("priority", priority)
        writer.field("poolRef", poolRef)
        writer.field("retry", retry)
        writer.field("approval", approval)
        writer.field("successPolicy", successPolicy)
        writer.field("cache", cache)
        writer.field("callback", callback)
        writer.field("seed", seed)
        writer.field("suspend", suspend)
        writer.field("cancel", cancel)
        writer.field("ttlSecondsAfterFinished", ttlSecondsAfterFinished)
        writer.field("conversation", conversation)
        writer.endObject()
    }
}

extension AIOpsTask.Spec: SchemaDescribed {
    package static var schema: Schema {
        .object(
            """
            Exactly one of problem, query, workflow and dispatch. Immutable once \
            started, except suspend, cancel, priority and the times to keep things.
            """,
            [
                .optional("problem", AIOpsTask.ProblemWork.schema),
                .optional("query", AIOpsTask.QueryWork.schema),
                .optional("workflow", AIOpsTask.WorkflowWork.schema),
                .optional("dispatch", AIOpsTask.DispatchWork.schema),
                .optional("agent", AIOpsTask.Agent.schema),
                .optional("environment", AIOpsTask.Environment.schema),
                .optional("limits", AIOpsTask.Limits.schema),
                .optional("priority", .integer("5 goes first; default: that of the pool's route, else 3.", 1...5)),
                .optional(
                    "poolRef",
                    AIOpsTask.PoolReference.schema.described(
                        """
                        Default: the pool named default of this namespace, else of the operator's.
                        """)),
                .optional("retry", AIOpsTask.Retry.schema),
                .optional("approval", AIOpsTask.Approval.schema),
                .optional(
                    "successPolicy",
                    .oneOf(
                        "Completed: a wrong answer still succeeds. Passed: only a right one.",
                        SuccessPolicy.self, default: .completed)),
                .optional(
                    "cache",
                    .oneOf(
                        """
                        "Off" (quoted: bare, YAML reads false) calls the model; Use takes a recorded reply if any; \
                        Refresh records anew.
                        """, CachePolicy.self, default: .off)),
                .optional("callback", AIOpsTask.Callback.schema),
                .optional(
                    "seed",
                    .integer("Seed of all that is random, the simulated model too.", 0...2147483647)),
                .optional("suspend", .boolean("While true nothing is created and nothing is called.")),
                .optional(
                    "cancel",
                    .oneOf(
                        """
                        Ends the task. Graceful gives the call in hand ten seconds and grades, once the agent has \
                        begun; Immediate grades nothing. Both clean up.
                        """, CancelMode.self)),
                .optional(
                    "ttlSecondsAfterFinished",
                    .integer(
                        """
                        Seconds until the finished task is deleted. Absent: never. Ignored while a GitOps tool tracks it.
                        """, 0...31536000)),
                .optional("conversation", AIOpsTask.ConversationSettings.schema),
            ],
            rules: [.exactlyOneWork, .passedNeedsProblem, .dispatchTakesNoAgent, .roleStrategyNeedsRole])
    }
}
