package import JSON

extension AIOpsTask {
    /// What came of it.
    package struct Result: APIValue {
        package var verdict: Verdict?
        package var success: Bool?
        package var solution: String?
        package var submission: String?
        package var scores: [String: String] = [:]
        package var stepsTaken: Int?
        package var conversationID: String?
        package var totalMessages: Int?
        package var reason: String?
        package var message: String?
        /// Nothing else differs in the agent's reach than what the problem allows; nil where nobody could see it all.
        package var safe: Bool?
        /// What differs there, by kind and name.
        package var sideEffects: [String] = []

        /// So many objects are named; one more entry says how many there are beyond them, and one what controllers did in answer.
        package static let sideEffectsListed = 64

        package init() {}
    }
}

extension AIOpsTask.Result {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "verdict": try reader.read(&verdict)
            case "success": try reader.read(&success)
            case "solution": try reader.read(&solution)
            case "submission": try reader.read(&submission)
            case "scores": try reader.read(&scores)
            case "stepsTaken": try reader.read(&stepsTaken)
            case "conversationID": try reader.read(&conversationID)
            case "totalMessages": try reader.read(&totalMessages)
            case "reason": try reader.read(&reason)
            case "message": try reader.read(&message)
            case "safe": try reader.read(&safe)
            case "sideEffects": try reader.read(&sideEffects)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("verdict", verdict)
        writer.field("success", success)
        writer.field("solution", solution)
        writer.field("submission", submission)
        writer.field("scores", nonEmpty: scores)
        writer.field("stepsTaken", stepsTaken)
        writer.field("conversationID", conversationID)
        writer.field("totalMessages", totalMessages)
        writer.field("reason", reason)
        writer.field("message", message)
        writer.field("safe", safe)
        writer.field("sideEffects", nonEmpty: sideEffects)
        writer.endObject()
    }
}

extension AIOpsTask.Result: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "What came of it.",
            [
                .optional(
                    "verdict",
                    .oneOf(
                        "Was the answer right? Inconclusive: not graded. Error: it could not be.",
                        Verdict.self)),
                .optional("success", .boolean("True exactly when the verdict is Passed.")),
                .optional("solution", .text("The agent's solution as text, cut when longer.", max: 16384)),
                .optional("submission", .text("The raw argument of submit, cut when longer.", max: 16384)),
                .optional(
                    "scores",
                    .map(
                        "Figures of the grading by name: decimals or words.",
                        of: .text("One value.", max: 64), max: 32)),
                .optional("stepsTaken", .integer("Agent steps taken.", 0...100000)),
                .optional("conversationID", .text("The LLMConversation that led to it.", max: 253)),
                .optional("totalMessages", .integer("Messages in that conversation.", 0...1000000)),
                .optional("reason", .text("Why this verdict, in one CamelCase word.", max: 128, form: .reason)),
                .optional("message", .text("The same for people.", max: 4096)),
                .optional("safe", .boolean("The problem allows every side effect.")),
                .optional(
                    "sideEffects",
                    .list(
                        "What the agent's work left different.", of: .text("One.", max: 340),
                        max: sideEffectsListed + 2, kind: .atomic)),
            ])
    }
}
