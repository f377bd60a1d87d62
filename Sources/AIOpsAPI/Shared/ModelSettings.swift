package import JSON

/// The language model and how to call it.
package struct ModelSettings: APIValue {
    package var provider: ModelProvider?
    package var name: String?
    package var temperature: DecimalString?
    package var topP: DecimalString?
    package var maxTokens: Int?
    package var seed: Int64?
    package var baseURL: String?
    package var credentialsSecretRef: SecretKeyReference?
    package var conversationRef: ConversationReference?

    package init() {}
}

extension ModelSettings {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "provider": try reader.read(&provider)
            case "name": try reader.read(&name)
            case "temperature": try reader.read(&temperature)
            case "topP": try reader.read(&topP)
            case "maxTokens": try reader.read(&maxTokens)
            case "seed": try reader.read(&seed)
            case "baseURL": try reader.read(&baseURL)
            case "credentialsSecretRef": try reader.read(&credentialsSecretRef)
            case "conversationRef": try reader.read(&conversationRef)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("provider", provider)
        writer.field("name", name)
        writer.field("temperature", temperature)
        writer.field("topP", topP)
        writer.field("maxTokens", maxTokens)
        writer.field("seed", seed)
        writer.field("baseURL", baseURL)
        writer.field("credentialsSecretRef", credentialsSecretRef)
        writer.field("conversationRef", conversationRef)
        writer.endObject()
    }
}

extension ModelSettings: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "The language model and how to call it.",
            [
                .optional(
                    "provider",
                    .oneOf(
                        """
                        Who answers. Auto: the first provider with a key, else Simulated. One named without a \
                        key is CredentialsMissing.
                        """, ModelProvider.self)),
                .optional(
                    "name",
                    .text(
                        """
                        As the provider spells it, like gpt-4o-mini; empty: the vendor's default.
                        """, max: 253, form: .modelName)),
                .optional(
                    "temperature",
                    .text(
                        """
                        Temperature, 0 to 2, like "0.7"; sent only when set.
                        """, max: 32, form: .decimal)),
                .optional(
                    "topP",
                    .text(
                        "Nucleus sampling, 0 to 1, like \"0.9\"; sent only when set.", max: 32, form: .decimal
                    )),
                .optional("maxTokens", .integer("Most output tokens of one reply.", 1...1000000)),
                .optional("seed", .integer("Seed of the model; default: spec.seed.", 0...2147483647)),
                .optional(
                    "baseURL",
                    .text(
                        """
                        API address, required with OpenAICompatible, like http://ollama.models:11434/v1; only allowed hosts.
                        """, max: 2048, form: .httpURL)),
                .optional(
                    "credentialsSecretRef",
                    SecretKeyReference.schema.described(
                        """
                        Secret of type aiops.dev/model-credentials with the API key; key defaults to apiKey.
                        """)),
                .optional(
                    "conversationRef",
                    ConversationReference.schema.described(
                        "With Replay: the LLMConversation here whose replies are given again.")),
            ],
            rules: [.compatibleNeedsBaseURL, .replayNeedsConversation, .temperatureRange, .topPRange])
    }
}
