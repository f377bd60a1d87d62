package import JSON

extension AIOpsTask {
    /// Role agents with one goal, step after step.
    package struct WorkflowWork: APIValue {
        package var goal: String = ""
        package var steps: [WorkflowStep] = []

        package init() {}
    }
}

extension AIOpsTask.WorkflowWork {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "goal": try reader.read(&goal)
            case "steps": try reader.read(&steps)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("goal", goal)
        writer.field("steps", nonEmpty: steps)
        writer.endObject()
    }
}

extension AIOpsTask.WorkflowWork: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "Role agents with one goal, step after step.",
            [
                .required("goal", .text("What the roles shall reach together.", max: 16384, min: 1)),
                .optional(
                    "steps",
                    .list(
                        "The steps in order; at least one.", of: AIOpsTask.WorkflowStep.schema, max: 32,
                        kind: .map(keys: ["name"]))),
            ],
            rules: [.workflowNeedsSteps])
    }
}
