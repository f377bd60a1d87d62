import JSON

/// The words of a rule in CEL: names, literals, and signs.
enum RuleToken: Equatable {
    case name(String)
    case literal(JSONValue)
    case sign(String)

    static func all(in text: String) throws(RuleError) -> [RuleToken] {
        var rest = text[...]
        var found: [RuleToken] = []
        while let first = rest.first {
            if first.isWhitespace {
                rest.removeFirst()
            } else if first.isLetter || first == "_" {
                let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                rest = rest.dropFirst(word.count)
                found.append(word == "true" || word == "false" ? .literal(.bool(word == "true")) : .name(String(word)))
            } else if first.isNumber {
                let word = rest.prefix { $0.isNumber || $0 == "." }
                rest = rest.dropFirst(word.count)
                found.append(.literal(Int64(word).map(JSONValue.integer) ?? .number(String(word))))
            } else if first == "'" || first == "\"" {
                let word = rest.dropFirst().prefix { $0 != first && $0 != "\\" }
                rest = rest.dropFirst(word.count + 1)
                guard rest.first == first else { throw RuleError("not a string: \(text)") }
                rest.removeFirst()
                found.append(.literal(.string(String(word))))
            } else {
                guard let sign = signs.first(where: { rest.hasPrefix($0) }) else {
                    throw RuleError("not a sign: \(first)")
                }
                rest = rest.dropFirst(sign.count)
                found.append(.sign(sign))
            }
        }
        return found
    }

    /// The longer ones first.
    private static let signs = [
        "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "?", ":", "(", ")", "[", "]", ",", ".",
    ]
}
