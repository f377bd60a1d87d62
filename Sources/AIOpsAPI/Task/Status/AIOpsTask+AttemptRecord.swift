package import JSON
package import Primitives

extension AIOpsTask {
    /// An attempt that ended.
    package struct AttemptRecord: APIValue {
        package var number: Int = 0
        package var worker: String?
        package var environment: String?
        package var reason: String?
        package var message: String?
        package var verdict: Verdict?
        package var startedAt: Timestamp?
        package var completedAt: Timestamp?
        package var cost: DecimalString?

        package init() {}
    }
}

extension AIOpsTask.AttemptRecord {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "number": try reader.read(&number)
            case "worker": try reader.read(&worker)
            case "environment": try reader.read(&environment)
            case "reason": try reader.read(&reason)
            case "message": try reader.read(&message)
            case "verdict": try reader.read(&verdict)
            case "startedAt": try reader.read(&startedAt)
            case "completedAt": try reader.read(&completedAt)
            case "cost": try reader.read(&cost)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("number", number)
        writer.field("worker", worker)
        writer.field("environment", environment)
        writer.field("reason", reason)
        writer.field("message", message)
        writer.field("verdict", verdict)
        writer.field("startedAt", startedAt)
        writer.field("completedAt", completedAt)
        writer.field("cost", cost)
        writer.endObject()
    }
}

extension AIOpsTask.AttemptRecord: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "An attempt that ended.",
            [
                .required("number", .integer("Its number, 1 first.", 0...100)),
                .optional("worker", .text("Worker that ran it.", max: 253)),
                .optional("environment", .text("Environment it ran in.", max: 253)),
                .optional("reason", .text("How it ended, in one CamelCase word.", max: 128, form: .reason)),
                .optional("message", .text("The same for people.", max: 1024)),
                .optional("verdict", .oneOf("Its verdict, where it got that far.", Verdict.self)),
                .optional("startedAt", .timestamp("When it began.")),
                .optional("completedAt", .timestamp("When it ended.")),
                .optional("cost", .text("What it cost; absent means unknown.", max: 32, form: .decimal)),
            ])
    }
}
