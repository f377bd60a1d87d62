package import JSON

extension Schema {
    /// What the structural part of the schema finds wrong with `value`; rules across fields are not looked at.
    ///
    /// Null counts as absent. An unknown field is a problem here, though servers only drop it: in a manifest it is a
    /// typing error.
    package func check(_ value: JSONValue, at path: String) -> [SpecProblem] {
        switch (shape, value) {
        case (.text(let bounds), .string(let text)):
            Self.check(text, bounds).map { [SpecProblem(path: path, reason: $0.0, message: $0.1)] } ?? []
        case (.integer(let range), .integer(let number)):
            range.contains(number)
                ? []
                : [
                    SpecProblem(
                        path: path, reason: .outOfRange,
                        message: "must be from \(range.lowerBound) to \(range.upperBound); found \(number)")
                ]
        case (.boolean, .bool):
            []
        case (.object(let properties), .object(let object)):
            Self.check(object, properties, at: path)
        case (.list(let element, let max, let kind), .array(let items)):
            Self.check(items, of: element, max: max, kind: kind, at: path)
        case (.map(let element, let max), .object(let entries)):
            Self.check(entries, of: element, max: max, at: path)
        default:
            [SpecProblem(path: path, reason: .wrongType, message: "must be \(shape.noun)")]
        }
    }

    private static func check(_ text: String, _ bounds: TextBounds) -> (SpecProblem.Kind, String)? {
        let length = text.unicodeScalars.count
        if !bounds.values.isEmpty {
            guard !bounds.values.contains(text) else { return nil }
            let found = length <= 40 ? "; found \"\(text)\"" : ""
            return (.unknownValue, "must be one of \(bounds.values.joined(separator: ", "))\(found)")
        }
        if length > bounds.max { return (.tooLong, "must have at most \(bounds.max) characters; has \(length)") }
        if length < bounds.min { return (.required, "must not be empty") }
        if let form = bounds.form, !form.matches(text) { return (.malformed, "must be \(form.explanation)") }
        return nil
    }

    private static func check(_ object: JSONObject, _ properties: [Property], at path: String) -> [SpecProblem] {
        var problems: [SpecProblem] = []
        for property in properties {
            let place = "\(path).\(property.name)"
            if let value = object[property.name], value != .null {
                problems += property.schema.check(value, at: place)
            } else if property.isRequired {
                problems.append(SpecProblem(path: place, reason: .required, message: "must be set"))
            }
        }
        for key in object.keys where !properties.contains(where: { $0.name == key }) {
            let known = properties.map(\.name).joined(separator: ", ")
            problems.append(
                SpecProblem(
                    path: "\(path).\(key)", reason: .unknownField, message: "no such field; there are \(known)"))
        }
        return problems
    }

    private static func check(
        _ items: [JSONValue], of element: Schema, max: Int, kind: ListKind, at path: String
    ) -> [SpecProblem] {
        var problems: [SpecProblem] = []
        if items.count > max {
            problems.append(tooMany(items.count, max: max, at: path))
        }
        var seen: Set<JSONValue> = []
        for (index, item) in items.prefix(max).enumerated() {
            problems += element.check(item, at: "\(path)[\(index)]")
            guard let identity = kind.identity(of: item), !seen.insert(identity).inserted else { continue }
            problems.append(
                SpecProblem(path: "\(path)[\(index)]", reason: .duplicate, message: "must differ from those before it"))
        }
        return problems
    }

    private static func check(_ entries: JSONObject, of element: Schema, max: Int, at path: String) -> [SpecProblem] {
        var problems: [SpecProblem] = []
        if entries.count > max {
            problems.append(tooMany(entries.count, max: max, at: path))
        }
        for (key, value) in entries.prefix(max) {
            if key.unicodeScalars.count > mapKeyLimit {
                problems.append(SpecProblem(path: path, reason: .tooLong, message: Rule.mapKeys.message))
            }
            problems += element.check(value, at: "\(path)[\(key.prefix(64))]")
        }
        return problems
    }

    private static func tooMany(_ count: Int, max: Int, at path: String) -> SpecProblem {
        SpecProblem(path: path, reason: .tooLong, message: "must have at most \(max) entries; has \(count)")
    }
}

extension Schema.ListKind {
    fileprivate func identity(of item: JSONValue) -> JSONValue? {
        switch self {
        case .atomic: nil
        case .set: item
        case .map(let keys): .array(keys.map { item[$0] ?? .null })
        }
    }
}

extension Schema.Shape {
    fileprivate var noun: String {
        switch self {
        case .text: "text"
        case .integer: "a whole number"
        case .boolean: "true or false"
        case .object, .map: "an object"
        case .list: "a list"
        }
    }
}
