package import JSON

/// Chooses objects by their labels; the empty selector chooses everything.
package struct LabelSelector: Sendable, Hashable, JSONDecodable, JSONEncodable {
    package var matchLabels: [String: String]
    package var matchExpressions: [LabelRequirement]

    package init(_ matchLabels: [String: String] = [:], expressions: [LabelRequirement] = []) {
        self.matchLabels = matchLabels
        self.matchExpressions = expressions
    }

    /// The form that the query parameter `labelSelector` takes; the same selector always gives the same text.
    package var text: String {
        let equals = matchLabels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return (equals + matchExpressions.map(\.text)).joined(separator: ",")
    }

    package func matches(_ labels: [String: String]) -> Bool {
        matchLabels.allSatisfy { labels[$0.key] == $0.value } && matchExpressions.allSatisfy { $0.matches(labels) }
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "matchLabels": matchLabels = try reader.decodeIfPresent([String: String].self) ?? [:]
            case "matchExpressions": matchExpressions = try reader.decodeIfPresent([LabelRequirement].self) ?? []
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("matchLabels", matchLabels.nonEmpty)
        writer.field("matchExpressions", matchExpressions.nonEmpty)
        writer.endObject()
    }
}
