package import JSON

extension AIOpsTask {
    /// Which actions wait for a person.
    package struct Approval: APIValue {
        package var policy: ApprovalPolicy?
        package var timeoutSeconds: Int64?
        package var onTimeout: ApprovalTimeoutAction?

        package init() {}
    }
}

extension AIOpsTask.Approval {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "policy": try reader.read(&policy)
            case "timeoutSeconds": try reader.read(&timeoutSeconds)
            case "onTimeout": try reader.read(&onTimeout)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("policy", policy)
        writer.field("timeoutSeconds", timeoutSeconds)
        writer.field("onTimeout", onTimeout)
        writer.endObject()
    }
}

extension AIOpsTask.Approval: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "Which actions wait for a person.",
            [
                .optional(
                    "policy",
                    .oneOf(
                        "Mutating asks before writes, Always before all.",
                        ApprovalPolicy.self, default: .never)),
                .optional(
                    "timeoutSeconds", .integer("Seconds an approval request stays open.", 1...604800, default: 3600)),
                .optional(
                    "onTimeout",
                    .oneOf(
                        "Reject tells the agent no; Cancel ends the task.", ApprovalTimeoutAction.self, default: .reject
                    )),
            ])
    }
}
