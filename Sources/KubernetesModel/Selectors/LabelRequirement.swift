package import JSON

/// One condition on one label.
package struct LabelRequirement: Sendable, Hashable, JSONDecodable, JSONEncodable {
    package enum Operator: String, Sendable, Hashable {
        case isIn = "In"
        case notIn = "NotIn"
        case exists = "Exists"
        case doesNotExist = "DoesNotExist"
    }

    package var key: String
    package var `operator`: Operator
    package var values: [String]

    package init(_ key: String, _ operator: Operator, _ values: [String] = []) {
        self.key = key
        self.operator = `operator`
        self.values = values
    }

    package var text: String {
        switch `operator` {
        case .isIn: "\(key) in (\(values.sorted().joined(separator: ",")))"
        case .notIn: "\(key) notin (\(values.sorted().joined(separator: ",")))"
        case .exists: key
        case .doesNotExist: "!\(key)"
        }
    }

    /// As the API server does: an object without the label satisfies `NotIn`.
    package func matches(_ labels: [String: String]) -> Bool {
        let value = labels[key]
        return switch `operator` {
        case .isIn: value.map(values.contains) ?? false
        case .notIn: !(value.map(values.contains) ?? false)
        case .exists: value != nil
        case .doesNotExist: value == nil
        }
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init("", .exists)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "key": self.key = try reader.string()
            case "operator":
                let start = reader.offset
                let text = try reader.string()
                guard let known = Operator(rawValue: text) else {
                    throw JSONError(offset: start, message: "unknown label operator \(text)")
                }
                `operator` = known
            case "values": values = try reader.decodeIfPresent([String].self) ?? []
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("key", key)
        writer.field("operator", `operator`.rawValue)
        writer.field("values", values.nonEmpty)
        writer.endObject()
    }
}
