import JSON

/// Writes block style, two blanks per level, members in their order.
struct Emitter {
    /// libyaml accepts `key: value` on one line only when the key has at most 1,024 characters.
    private static let longestSimpleKey = 512

    private(set) var text = ""

    mutating func document(_ value: JSONValue) {
        switch value {
        case .object(let object) where !object.isEmpty: members(of: object, indent: 0)
        case .array(let array) where !array.isEmpty: elements(of: array, indent: 0)
        default: scalar(value, indent: 0)
        }
    }

    /// The cursor is where the first key goes.
    private mutating func members(of object: JSONObject, indent: Int) {
        var isFirst = true
        for (key, value) in object {
            if !isFirst { blanks(indent) }
            isFirst = false
            let name = ScalarStyle.inline(key)
            if name.utf8.count > Self.longestSimpleKey {
                text += "? \(name)\n"
                blanks(indent)
                text += ":"
            } else {
                text += "\(name):"
            }
            child(value, indent: indent)
        }
    }

    /// The cursor is where the first dash goes.
    private mutating func elements(of array: [JSONValue], indent: Int) {
        var isFirst = true
        for element in array {
            if !isFirst { blanks(indent) }
            isFirst = false
            text += "- "
            switch element {
            case .object(let object) where !object.isEmpty: members(of: object, indent: indent + 2)
            case .array(let array) where !array.isEmpty: elements(of: array, indent: indent + 2)
            default: scalar(element, indent: indent + 2)
            }
        }
    }

    private mutating func child(_ value: JSONValue, indent: Int) {
        switch value {
        case .object(let object) where !object.isEmpty:
            text += "\n"
            blanks(indent + 2)
            members(of: object, indent: indent + 2)
        case .array(let array) where !array.isEmpty:
            text += "\n"
            blanks(indent + 2)
            elements(of: array, indent: indent + 2)
        default:
            text += " "
            scalar(value, indent: indent + 2)
        }
    }

    /// Writes what fits on the rest of the line, or a literal block below it, and ends the line.
    private mutating func scalar(_ value: JSONValue, indent: Int) {
        guard case .string(let string) = value else {
            text += ScalarStyle.inline(value) + "\n"
            return
        }
        guard ScalarStyle.isLiteral(string) else {
            text += ScalarStyle.inline(string) + "\n"
            return
        }
        literal(string, indent: max(indent, 2))
    }

    private mutating func literal(_ string: String, indent: Int) {
        var lines = string.split(separator: "\n", omittingEmptySubsequences: false)
        // What follows the last line break is a line of its own only when it is not empty.
        let endsLine = lines.last?.isEmpty ?? false
        if endsLine { lines.removeLast() }
        let chomping = endsLine ? (lines.last?.isEmpty ?? false ? "+" : "") : "-"
        text += "|\(chomping)\n"
        for line in lines {
            if !line.isEmpty {
                blanks(indent)
                text += line
            }
            text += "\n"
        }
    }

    private mutating func blanks(_ count: Int) {
        for _ in 0..<count { text += " " }
    }
}
