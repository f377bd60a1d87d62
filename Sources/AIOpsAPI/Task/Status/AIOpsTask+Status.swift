package import JSON
package import KubernetesModel
package import Primitives

extension AIOpsTask {
    /// What the operator knows about the task.
    ///
    /// Conditions are the contract; phase is a summary.
    package struct Status: APIValue {
        package var observedGeneration: Int64 = -1
        package var phase: Phase?
        package var conditions: [Condition] = []
        package var attempt: Int = 0
        package var claim: Claim?
        package var queue: QueueState?
        package var environment: EnvironmentState?
        package var stages: [StageRecord] = []
        package var conversations: [ConversationLink] = []
        package var steps: Int?
        package var result: Result?
        package var usage: Usage?
        package var attempts: [AttemptRecord] = []
        package var startedAt: Timestamp?
        package var completedAt: Timestamp?
        package var durationSeconds: Int64?
        package var duration: String?
        package var admission: Admission?
        package var provenance: Provenance?
        package var display: Display?

        package init() {}
    }
}

extension AIOpsTask.Status {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "observedGeneration": try reader.read(&observedGeneration)
            case "phase": try reader.read(&phase)
            case "conditions": try reader.read(&conditions)
            case "attempt": try reader.read(&attempt)
            case "claim": try reader.read(&claim)
            case "queue": try reader.read(&queue)
            case "environment": try reader.read(&environment)
            case "stages": try reader.read(&stages)
            case "conversations": try reader.read(&conversations)
            case "steps": try reader.read(&steps)
            case "result": try reader.read(&result)
            case "usage": try reader.read(&usage)
            case "attempts": try reader.read(&attempts)
            case "startedAt": try reader.read(&startedAt)
            case "completedAt": try reader.read(&completedAt)
            case "durationSeconds": try reader.read(&durationSeconds)
            case "duration": try reader.read(&duration)
            case "admission": try reader.read(&admission)
            case "provenance": try reader.read(&provenance)
            case "display": try reader.read(&display)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("observedGeneration", observedGeneration)
        writer.field("phase", phase)
        writer.field("conditions", nonEmpty: conditions)
        writer.field("attempt", attempt)
        writer.field("claim", claim)
        writer.field("queue", queue)
        writer.field("environment", environment)
        writer.field("stages", nonEmpty: stages)
        writer.field("conversations", nonEmpty: conversations)
        writer.field("steps", steps)
        writer.field("result", result)
        writer.field("usage", usage)
        writer.field("attempts", nonEmpty: attempts)
        writer.field("startedAt", startedAt)
        writer.field("completedAt", completedAt)
        writer.field("durationSeconds", durationSeconds)
        writer.field("duration", duration)
        writer.field("admission", admission)
        writer.field("provenance", provenance)
        writer.field("display", display)
        writer.endObject()
    }
}

extension AIOpsTask.Status: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "What is known of the task. Conditions are the contract, phase a summary.",
            [
                .optional(
                    "observedGeneration",
                    .integer(
                        "Generation this status is of; -1 before the first look.",
                        -1...9_000_000_000_000_000)),
                .optional("phase", .oneOf("Summary of the conditions for people.", Phase.self)),
                .optional(
                    "conditions", .conditions("Succeeded is the one to wait for; Finished covers both outcomes.")),
                .optional("attempt", .integer("The current attempt; 0 before the first.", 0...100)),
                .optional("claim", AIOpsTask.Claim.schema),
                .optional("queue", AIOpsTask.QueueState.schema),
                .optional("environment", AIOpsTask.EnvironmentState.schema),
                .optional(
                    "stages",
                    .list(
                        "Stages of this attempt, in order.", of: AIOpsTask.StageRecord.schema,
                        max: 64, kind: .map(keys: ["name"]))),
                .optional(
                    "conversations",
                    .list(
                        "Conversations held for this task.", of: AIOpsTask.ConversationLink.schema, max: 64,
                        kind: .map(keys: ["name"]))),
                .optional("steps", .integer("Agent steps so far.", 0...100000)),
                .optional("result", AIOpsTask.Result.schema),
                .optional("usage", Usage.schema.described("Tokens and money of all attempts together.")),
                .optional(
                    "attempts",
                    .list(
                        "Attempts that ended.", of: AIOpsTask.AttemptRecord.schema, max: 11,
                        kind: .map(keys: ["number"]))),
                .optional("startedAt", .timestamp("When a worker took the task.")),
                .optional("completedAt", .timestamp("When it finished.")),
                .optional("durationSeconds", .integer("Seconds from startedAt to completedAt.", 0...31536000)),
                .optional("duration", .text("The same for people, for example 2m14s.", max: 32)),
                .optional("admission", AIOpsTask.Admission.schema),
                .optional("provenance", AIOpsTask.Provenance.schema),
                .optional("display", AIOpsTask.Display.schema),
            ])
    }
}
