import JSON

/// Reads the part of CEL that our definitions are written in; whatever else a rule says is an error, and no rule.
struct RuleParser {
    private let tokens: [RuleToken]
    private var place = 0

    static func expression(_ text: String) throws(RuleError) -> RuleExpression {
        var parser = RuleParser(tokens: try RuleToken.all(in: text))
        let whole = try parser.choice()
        guard parser.place == parser.tokens.count else { throw RuleError("more than one expression: \(text)") }
        return whole
    }

    private init(tokens: [RuleToken]) { self.tokens = tokens }

    private mutating func take(_ sign: String) -> Bool {
        guard place < tokens.count, tokens[place] == .sign(sign) else { return false }
        place += 1
        return true
    }

    private mutating func expect(_ sign: String) throws(RuleError) {
        guard take(sign) else { throw RuleError("\(sign) expected at word \(place + 1)") }
    }

    private mutating func name() throws(RuleError) -> String {
        guard place < tokens.count, case .name(let name) = tokens[place] else {
            throw RuleError("a name expected at word \(place + 1)")
        }
        place += 1
        return name
    }

    private mutating func choice() throws(RuleError) -> RuleExpression {
        let condition = try either()
        guard take("?") else { return condition }
        let first = try choice()
        try expect(":")
        return .chosen(condition, first, try choice())
    }

    private mutating func either() throws(RuleError) -> RuleExpression {
        var left = try both()
        while take("||") { left = .either(left, try both()) }
        return left
    }

    private mutating func both() throws(RuleError) -> RuleExpression {
        var left = try relation()
        while take("&&") { left = .both(left, try relation()) }
        return left
    }

    private mutating func relation() throws(RuleError) -> RuleExpression {
        let left = try unary()
        for comparison in RuleExpression.Comparison.allCases {
            if take(comparison.rawValue) { return .compared(comparison, left, try unary()) }
        }
        return left
    }

    private mutating func unary() throws(RuleError) -> RuleExpression {
        if take("!") { return .not(try unary()) }
        var value = try primary()
        while take(".") {
            let member = try name()
            value = take("(") ? try call(member, of: value) : .member(value, member)
        }
        return value
    }

    /// Behind the opening bracket.
    private mutating func call(_ method: String, of value: RuleExpression) throws(RuleError) -> RuleExpression {
        switch method {
        case "size":
            try expect(")")
            return .size(value)
        case "all", "filter":
            let each = try name()
            try expect(",")
            let test = try choice()
            try expect(")")
            return method == "all" ? .all(value, each, test) : .filter(value, each, test)
        default: throw RuleError("no such method here: \(method)")
        }
    }

    private mutating func primary() throws(RuleError) -> RuleExpression {
        if take("(") {
            let inner = try choice()
            try expect(")")
            return inner
        }
        if take("[") {
            var items = [try choice()]
            while take(",") { items.append(try choice()) }
            try expect("]")
            return .list(items)
        }
        if place < tokens.count, case .literal(let value) = tokens[place] {
            place += 1
            return .constant(value)
        }
        let name = try name()
        guard take("(") else { return .name(name) }
        let argument = try choice()
        try expect(")")
        switch (name, argument) {
        case ("has", .member(let outer, let key)): return .has(outer, key)
        case ("size", _): return .size(argument)
        case ("double", _): return .double(argument)
        default: throw RuleError("no such function here: \(name)")
        }
    }
}
