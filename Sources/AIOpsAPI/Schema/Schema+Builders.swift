import JSON

extension Schema {
    package static func object(_ documentation: String, _ properties: [Property], rules: [Rule] = []) -> Schema {
        Schema(documentation: documentation, shape: .object(properties), rules: rules)
    }

    package static func text(
        _ documentation: String, max: Int, min: Int = 0, form: TextForm? = nil, default defaultValue: String? = nil
    ) -> Schema {
        Schema(
            documentation: documentation, shape: .text(TextBounds(max: max, min: min, form: form)),
            defaultValue: defaultValue.map { .string($0) })
    }

    package static func oneOf<Word: Vocabulary>(
        _ documentation: String, _ vocabulary: Word.Type, default defaultValue: Word? = nil
    ) -> Schema {
        let words = Word.known.map(\.rawValue)
        let longest = words.map(\.unicodeScalars.count).max() ?? 0
        return Schema(
            documentation: documentation, shape: .text(TextBounds(max: longest, values: words)),
            defaultValue: defaultValue.map { .string($0.rawValue) })
    }

    package static func timestamp(_ documentation: String) -> Schema {
        .text(documentation, max: 40, form: .dateTime)
    }

    package static func integer(
        _ documentation: String, _ range: ClosedRange<Int64>, default defaultValue: Int64? = nil
    ) -> Schema {
        Schema(
            documentation: documentation, shape: .integer(range), defaultValue: defaultValue.map { .integer($0) })
    }

    package static func boolean(_ documentation: String, default defaultValue: Bool? = nil) -> Schema {
        Schema(documentation: documentation, shape: .boolean, defaultValue: defaultValue.map { .bool($0) })
    }

    package static func list(_ documentation: String, of element: Schema, max: Int, kind: ListKind) -> Schema {
        Schema(documentation: documentation, shape: .list(of: element, max: max, kind: kind))
    }

    package static func map(_ documentation: String, of value: Schema, max: Int) -> Schema {
        Schema(documentation: documentation, shape: .map(of: value, max: max), rules: [.mapKeys])
    }

    /// A list of conditions as `metav1.Condition` has them.
    package static func conditions(_ documentation: String) -> Schema {
        .list(documentation, of: condition, max: 32, kind: .map(keys: ["type"]))
    }

    private static var condition: Schema {
        .object(
            "One observation about the object.",
            [
                .required("type", .text("What it is about.", max: 316, min: 1)),
                .required("status", .oneOf("True, False or Unknown.", ConditionWord.self)),
                .optional("observedGeneration", .integer("Generation it speaks of.", 0...9_000_000_000_000_000)),
                .required("lastTransitionTime", .timestamp("When status last changed.")),
                .required("reason", .text("Why, in one CamelCase word.", max: 1024, min: 1, form: .reason)),
                .required("message", .text("The same for people.", max: 32768)),
            ])
    }
}
