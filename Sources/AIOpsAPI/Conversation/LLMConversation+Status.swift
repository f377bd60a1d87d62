package import JSON
package import KubernetesModel
package import Primitives

extension LLMConversation {
    /// Totals, index and preview.
    ///
    /// The messages lie in ConfigMaps.
    package struct Status: APIValue {
        package var observedGeneration: Int64 = -1
        package var conditions: [Condition] = []
        package var phase: ConversationPhase?
        package var startedAt: Timestamp?
        package var endedAt: Timestamp?
        package var totalMessages: Int = 0
        package var usage: Usage?
        package var cost: Cost?
        package var head: Head?
        package var chunks: [Chunk] = []
        package var recentMessages: [MessagePreview] = []
        package var complete: Bool = false
        package var metadata: Metadata?
        package var display: Display?

        package init() {}
    }
}

extension LLMConversation.Status {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "observedGeneration": try reader.read(&observedGeneration)
            case "conditions": try reader.read(&conditions)
            case "phase": try reader.read(&phase)
            case "startedAt": try reader.read(&startedAt)
            case "endedAt": try reader.read(&endedAt)
            case "totalMessages": try reader.read(&totalMessages)
            case "usage": try reader.read(&usage)
            case "cost": try reader.read(&cost)
            case "head": try reader.read(&head)
            case "chunks": try reader.read(&chunks)
            case "recentMessages": try reader.read(&recentMessages)
            case "complete": try reader.read(&complete)
            case "metadata": try reader.read(&metadata)
            case "display": try reader.read(&display)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("observedGeneration", observedGeneration)
        writer.field("conditions", nonEmpty: conditions)
        writer.field("phase", phase)
        writer.field("startedAt", startedAt)
        writer.field("endedAt", endedAt)
        writer.field("totalMessages", totalMessages)
        writer.field("usage", usage)
        writer.field("cost", cost)
        writer.field("head", head)
        writer.field("chunks", nonEmpty: chunks)
        writer.field("recentMessages", nonEmpty: recentMessages)
        writer.field("complete", complete)
        writer.field("metadata", metadata)
        writer.field("display", display)
        writer.endObject()
    }
}

extension LLMConversation.Status: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "Totals, index and preview. The messages lie in ConfigMaps.",
            [
                .optional(
                    "observedGeneration",
                    .integer(
                        "Generation this status is of; -1 before the first look.",
                        -1...9_000_000_000_000_000)),
                .optional("conditions", .conditions("Succeeded, Finished, Ready, Reconciling, Stalled.")),
                .optional("phase", .oneOf("Summary for people.", ConversationPhase.self)),
                .optional("startedAt", .timestamp("When it began.")),
                .optional("endedAt", .timestamp("When it ended.")),
                .optional("totalMessages", .integer("Messages so far.", 0...1000000)),
                .optional("usage", Usage.schema),
                .optional("cost", LLMConversation.Cost.schema),
                .optional("head", LLMConversation.Head.schema),
                .optional(
                    "chunks",
                    .list(
                        "Where the messages lie, in order; sealed segments, or flushes not sealed yet.",
                        of: LLMConversation.Chunk.schema, max: 512, kind: .map(keys: ["configMap"]))),
                .optional(
                    "recentMessages",
                    .list(
                        "The last five messages.", of: LLMConversation.MessagePreview.schema, max: 5,
                        kind: .map(keys: ["seq"]))),
                .optional("complete", .boolean("True once sealed and verified.")),
                .optional("metadata", LLMConversation.Metadata.schema),
                .optional("display", LLMConversation.Display.schema),
            ])
    }
}
