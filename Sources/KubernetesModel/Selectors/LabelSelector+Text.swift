extension LabelSelector {
    /// Reads the query form (`a=b,c!=d,e in (f,g),h,!i`); nil when it is not one.
    package init?(text: String) {
        self.init()
        for part in Self.split(text) {
            guard let requirement = Self.requirement(part) else { return nil }
            if requirement.operator == .isIn, requirement.values.count == 1, matchLabels[requirement.key] == nil {
                matchLabels[requirement.key] = requirement.values[0]
            } else {
                matchExpressions.append(requirement)
            }
        }
    }

    /// Splits at the commas that are not inside parentheses.
    private static func split(_ text: String) -> [String] {
        var parts: [String] = []
        var current = ""
        var depth = 0
        for character in text {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == ",", depth == 0 {
                parts.append(current)
                current = ""
            } else {
                current.append(character)
            }
        }
        parts.append(current)
        return parts.map(trimmed).filter { !$0.isEmpty }
    }

    private static func requirement(_ part: String) -> LabelRequirement? {
        if part.hasSuffix(")") {
            guard let open = part.firstIndex(of: "(") else { return nil }
            let words = part[..<open].split(separator: " ").map(String.init)
            let inside = part[part.index(after: open)...].dropLast()
            let values = inside.split(separator: ",").map { trimmed(String($0)) }
            guard words.count == 2 else { return nil }
            switch words[1] {
            case "in": return LabelRequirement(words[0], .isIn, values)
            case "notin": return LabelRequirement(words[0], .notIn, values)
            default: return nil
            }
        }
        if let equals = part.firstIndex(of: "=") {
            let value = trimmed(String(part[part.index(after: equals)...].drop { $0 == "=" }))
            let left = part[..<equals]
            if left.hasSuffix("!") { return LabelRequirement(trimmed(String(left.dropLast())), .notIn, [value]) }
            return LabelRequirement(trimmed(String(left)), .isIn, [value])
        }
        if part.hasPrefix("!") { return LabelRequirement(trimmed(String(part.dropFirst())), .doesNotExist) }
        return part.contains(" ") ? nil : LabelRequirement(part, .exists)
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
