import AIOpsAPI
import JSON

/// Every change of one field of a spec that a schema knows of, in the way of Acto.
struct SpecMutations {
    struct Mutation: Sendable {
        /// Names of the fields on the way, for people and for the value.
        var path: [String]
        var kind: String
        /// Nil takes the field away.
        var value: JSONValue?

        var name: String { "\(path.joined(separator: ".")) \(kind)" }
    }

    /// All mutations, in the order of the schema; of list elements only the list as a whole.
    static func all(of schema: Schema, at path: [String] = []) -> [Mutation] {
        guard case .object(let properties) = schema.shape else { return [] }
        return properties.flatMap { property -> [Mutation] in
            let place = path + [property.name]
            let own = values(of: property.schema).map { Mutation(path: place, kind: $0.0, value: $0.1) }
            return own + all(of: property.schema, at: place)
        }
    }

    private static func values(of schema: Schema) -> [(String, JSONValue?)] {
        let always: [(String, JSONValue?)] = [("absent", nil), ("null", .null), ("of another type", other(schema))]
        switch schema.shape {
        case .text(let bounds):
            if !bounds.values.isEmpty {
                return always + bounds.values.map { ("\($0)", .string($0)) }
                    + [("of no known value", .string("Nonsense")), ("empty", "")]
            }
            return always + [
                ("empty", ""), ("of most characters", .string(String(repeating: "a", count: bounds.max))),
                ("too long", .string(String(repeating: "a", count: bounds.max + 1))), ("not ASCII", .string("ü€🐳")),
            ]
        case .integer(let range):
            return always + [
                ("least", .integer(range.lowerBound)), ("most", .integer(range.upperBound)),
                ("too small", .integer(range.lowerBound &- 1)), ("too large", .integer(range.upperBound &+ 1)),
            ]
        case .boolean: return always + [("true", true), ("false", false)]
        case .object: return always + [("empty", [:])]
        case .list(let element, let max, _):
            return always + [("empty", []), ("too long", .array(Array(repeating: sample(element), count: max + 1)))]
        case .map(_, let max):
            let many = (0...max).reduce(into: JSONObject()) { $0["key-\($1)"] = "value" }
            return always + [("empty", [:]), ("too many", .object(many))]
        }
    }

    private static func other(_ schema: Schema) -> JSONValue {
        if case .text = schema.shape { 7 } else { "text" }
    }

    private static func sample(_ schema: Schema) -> JSONValue {
        switch schema.shape {
        case .text(let bounds): .string(bounds.values.first ?? "some")
        case .integer(let range): .integer(range.lowerBound)
        case .boolean: true
        case .object, .map: [:]
        case .list: []
        }
    }
}

extension JSONValue {
    /// The value with one field set, or taken away, deep inside; objects on the way are made.
    func changing(_ path: [String], to value: JSONValue?) -> JSONValue {
        guard let first = path.first else { return value ?? .null }
        var changed = self
        let rest = Array(path.dropFirst())
        if rest.isEmpty {
            changed[first] = value
        } else if value != nil || self[first]?.objectValue != nil {
            let inner: JSONValue = self[first]?.objectValue.map { .object($0) } ?? .object([:])
            changed[first] = inner.changing(rest, to: value)
        }
        return changed
    }
}
