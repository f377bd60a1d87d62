import JSON
import KubernetesModel
import Primitives

/// One look at an object by its schema, in the words of either server: types, bounds, forms and what must be there.
///
/// That the items of a list differ is not looked at.
struct SchemaCheck {
    private let isNew: Bool
    private(set) var causes: [StatusCause] = []

    init(_ profile: ServerProfile) { isNew = profile == .v1_36 }

    /// The metadata has rules of its own.
    mutating func look(at object: JSONValue, _ root: JSONValue) {
        var rest = object.objectValue ?? [:]
        rest["metadata"] = nil
        members(rest, root, "")
    }

    private mutating func look(at value: JSONValue, _ schema: JSONValue, _ path: String) {
        kind(value, schema, path)
        if let words = schema["enum"]?.arrayValue, !words.contains(value) {
            let list = words.map(\.text).joined(separator: ", ")
            note("FieldValueNotSupported", "Unsupported value: \(value.text): supported values: \(list)", path)
        }
        switch value {
        case .integer, .number: range(value, schema, path)
        case .string(let string): text(string, schema, path)
        case .object(let object): members(object, schema, path)
        case .array(let list): items(list, schema, path)
        case .null, .bool: break
        }
    }

    // MARK: Kinds of values

    private mutating func kind(_ value: JSONValue, _ schema: JSONValue, _ path: String) {
        guard let wanted = schema["type"]?.stringValue else { return }
        if value.isNull, schema["nullable"]?.boolValue == true { return }
        let found = Self.kind(of: value)
        let isWhole = Self.number(value).map { $0 == $0.rounded() } ?? false
        let format = schema["format"]?.stringValue
        if found == wanted || (wanted == "number" && found == "integer") || (wanted == "integer" && isWhole) {
            guard format == "date-time", case .string(let text) = value, Timestamp(rfc3339: text) == nil else { return }
            return mistyped(value.text, "date-time", path)
        }
        // Newer servers know the forms of numbers, and speak of them.
        guard isNew, wanted == "integer", let format, found != "string", found != "array" else {
            return mistyped("\"\(found)\"", wanted, path)
        }
        mistyped(found == "number" ? "\"float64\"" : "\"\"", format, path)
        guard found == "number" else { return }
        note(
            "FieldValueInvalid",
            "Invalid value: \"\": Checked value must be of type integer with format \(format) in \(path)", "<nil>")
    }

    private static func kind(of value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    private static func number(_ value: JSONValue?) -> Double? {
        switch value {
        case .integer(let number): Double(number)
        case .number(let text): Double(text)
        default: nil
        }
    }

    private mutating func range(_ value: JSONValue, _ schema: JSONValue, _ path: String) {
        guard let number = Self.number(value) else { return }
        if let bound = schema["maximum"], let most = Self.number(bound), number > most {
            invalid(value, "should be less than or equal to \(bound.text)", path)
        }
        if let bound = schema["minimum"], let least = Self.number(bound), number < least {
            invalid(value, "should be greater than or equal to \(bound.text)", path)
        }
    }

    private mutating func text(_ text: String, _ schema: JSONValue, _ path: String) {
        let length = text.unicodeScalars.count
        if let most = schema["maxLength"]?.integerValue, length > most {
            if isNew {
                note("FieldValueTooLong", "Too long: may not be more than \(most) bytes", path)
            } else {
                invalid(.string(text), "should be at most \(most) chars long", path)
            }
        }
        if let least = schema["minLength"]?.integerValue, length < least {
            invalid(.string(text), "should be at least \(least) chars long", path)
        }
        if let pattern = schema["pattern"]?.stringValue, !Self.matches(text, pattern) {
            invalid(.string(text), "should match '\(pattern)'", path)
        }
    }

    /// Expressions are no values that may be kept here (not `Sendable`); making one anew costs less than the rest of a write.
    private static func matches(_ text: String, _ pattern: String) -> Bool {
        guard let expression = try? Regex(pattern).matchingSemantics(.unicodeScalar) else { return false }
        return text.firstMatch(of: expression) != nil
    }

    private mutating func members(_ members: JSONObject, _ schema: JSONValue, _ path: String) {
        func inner(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
        for name in schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? [] where members[name] == nil {
            note("FieldValueRequired", "Required value", inner(name))
        }
        count(members.count, "Properties", "properties", schema, path)
        for (name, member) in members {
            guard let schema = schema["properties"]?[name] ?? schema["additionalProperties"] else { continue }
            look(at: member, schema, inner(name))
        }
    }

    private mutating func items(_ items: [JSONValue], _ schema: JSONValue, _ path: String) {
        count(items.count, "Items", "items", schema, path)
        guard let each = schema["items"] else { return }
        for (index, item) in items.enumerated() { look(at: item, each, "\(path)[\(index)]") }
    }

    private mutating func count(_ count: Int, _ bound: String, _ what: String, _ schema: JSONValue, _ path: String) {
        if let most = schema["max" + bound]?.integerValue, count > most {
            if isNew {
                note("FieldValueTooMany", "Too many: \(count): must have at most \(most) items", path)
            } else {
                invalid(.integer(Int64(count)), "should have at most \(most) \(what)", path)
            }
        }
        if let least = schema["min" + bound]?.integerValue, count < least {
            invalid(.integer(Int64(count)), "should have at least \(least) \(what)", path)
        }
    }

    // MARK: Findings

    private mutating func mistyped(_ found: String, _ wanted: String, _ path: String) {
        note(
            isNew ? "FieldValueTypeInvalid" : "FieldValueInvalid",
            "Invalid value: \(found): \(path) in body must be of type \(wanted): \(found)", path)
    }

    private mutating func invalid(_ value: JSONValue, _ why: String, _ path: String) {
        note("FieldValueInvalid", "Invalid value: \(value.text): \(path) in body \(why)", path)
    }

    private mutating func note(_ reason: String, _ message: String, _ path: String) {
        causes.append(StatusCause(reason: reason, message: message, field: path))
    }
}
