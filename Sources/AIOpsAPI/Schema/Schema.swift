package import JSON

/// The schema of one field: its meaning, its shape with all its bounds, and the rules across fields.
///
/// Everything is bounded and documented by construction: there is no way to say "a string" without a length, or a
/// field without a text. No floats exist. From this come the CRDs (``openAPI(_:)``) and the structural part of
/// `validate()` (``check(_:at:)``).
package struct Schema: Sendable, Hashable {
    package indirect enum Shape: Sendable, Hashable {
        case text(TextBounds)
        case integer(ClosedRange<Int64>)
        case boolean
        case object([Property])
        case list(of: Schema, max: Int, kind: ListKind)
        /// Free keys of at most ``Schema/mapKeyLimit`` characters.
        case map(of: Schema, max: Int)
    }

    package struct Property: Sendable, Hashable {
        package var name: String
        package var schema: Schema
        package var isRequired: Bool

        package static func required(_ name: String, _ schema: Schema) -> Self {
            Self(name: name, schema: schema, isRequired: true)
        }

        package static func optional(_ name: String, _ schema: Schema) -> Self {
            Self(name: name, schema: schema, isRequired: false)
        }
    }

    /// How server-side apply merges a list.
    package enum ListKind: Sendable, Hashable {
        case atomic
        case set
        case map(keys: [String])
    }

    /// Longest key of a map: that of a qualified label name.
    package static let mapKeyLimit = 317

    package var documentation: String
    package var shape: Shape
    package var rules: [Rule] = []
    package var defaultValue: JSONValue?

    package func described(_ documentation: String) -> Schema {
        var copy = self
        copy.documentation = documentation
        return copy
    }

    package func defaulting(to value: JSONValue) -> Schema {
        var copy = self
        copy.defaultValue = value
        return copy
    }
}

/// A part of our kinds that knows its own schema; a test holds both together.
package protocol SchemaDescribed {
    static var schema: Schema { get }
}
