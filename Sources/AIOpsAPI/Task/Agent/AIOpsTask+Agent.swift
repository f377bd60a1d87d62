package import JSON

extension AIOpsTask {
    /// The agent: how it thinks, with which model, with which tools.
    package struct Agent: APIValue {
        package var strategy: AgentStrategy?
        package var role: AgentRole?
        package var model: ModelSettings?
        package var tools: [String]?
        package var toolStyle: AgentToolStyle?

        package init() {}
    }
}

extension AIOpsTask.Agent {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "strategy": try reader.read(&strategy)
            case "role": try reader.read(&role)
            case "model": try reader.read(&model)
            case "tools": try reader.read(&tools)
            case "toolStyle": try reader.read(&toolStyle)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("strategy", strategy)
        writer.field("role", role)
        writer.field("model", model)
        writer.field("tools", tools)
        writer.field("toolStyle", toolStyle)
        writer.endObject()
    }
}

extension AIOpsTask.Agent: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "The agent: how it thinks, its model, its tools.",
            [
                .optional(
                    "strategy",
                    .oneOf(
                        "Default: React for a problem, ThreePhase for a query, Role for a workflow.", AgentStrategy.self
                    )),
                .optional(
                    "role",
                    .oneOf(
                        "Role prompt; needed with strategy Role unless the workflow names roles.", AgentRole.self)),
                .optional(
                    "model",
                    ModelSettings.schema.described("The model; what is not set comes from the pool's modelDefaults.")),
                .optional(
                    "tools",
                    .list(
                        "Tools it may use; absent: all that fit; empty: none but submit.",
                        of: .text("Such as exec_shell.", max: 63, form: .toolName), max: 32,
                        kind: .set)),
                .optional(
                    "toolStyle",
                    .oneOf("How it calls tools; Auto: natively if the model can.", AgentToolStyle.self)),
            ])
    }
}
