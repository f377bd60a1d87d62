package import JSON

extension AIOpsTask {
    /// One step of a workflow.
    package struct WorkflowStep: APIValue {
        package var name: String = ""
        package var role: AgentRole = .unknown("")
        package var instructions: String?

        package init() {}
    }
}

extension AIOpsTask.WorkflowStep {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "name": try reader.read(&name)
            case "role": try reader.read(&role)
            case "instructions": try reader.read(&instructions)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("name", name)
        writer.field("role", role)
        writer.field("instructions", instructions)
        writer.endObject()
    }
}

extension AIOpsTask.WorkflowStep: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "One step of a workflow.",
            [
                .required(
                    "name", .text("Name of the step, unique within the workflow.", max: 63, min: 1, form: .dnsLabel)),
                .required("role", .oneOf("Which role prompt takes the step.", AgentRole.self)),
                .optional("instructions", .text("What this step shall do, beyond the goal.", max: 8192)),
            ])
    }
}
