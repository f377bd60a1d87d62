import JSON

/// A rule of a schema (CEL), as far as our definitions need the language: ``RuleParser`` reads nothing else.
indirect enum RuleExpression: Sendable, Hashable {
    enum Comparison: String, Sendable, CaseIterable {
        case equal = "=="
        case different = "!="
        case atMost = "<="
        case atLeast = ">="
        case less = "<"
        case more = ">"
    }

    case constant(JSONValue)
    case name(String)
    case member(RuleExpression, String)
    case list([RuleExpression])
    case has(RuleExpression, String)
    case size(RuleExpression)
    case double(RuleExpression)
    /// Of the keys of a map, or the items of a list.
    case all(RuleExpression, String, RuleExpression)
    case filter(RuleExpression, String, RuleExpression)
    case not(RuleExpression)
    case both(RuleExpression, RuleExpression)
    case either(RuleExpression, RuleExpression)
    case compared(Comparison, RuleExpression, RuleExpression)
    case chosen(RuleExpression, RuleExpression, RuleExpression)

    typealias Scope = [String: JSONValue]

    func isTrue(_ scope: Scope) throws(RuleError) -> Bool {
        guard case .bool(let answer) = try value(scope) else { throw RuleError("no such overload") }
        return answer
    }

    func value(_ scope: Scope) throws(RuleError) -> JSONValue {
        switch self {
        case .constant(let value): return value
        case .name(let name):
            guard let value = scope[name] else { throw RuleError("undeclared reference to '\(name)'") }
            return value
        case .member(let outer, let key):
            guard let value = try outer.value(scope)[key] else { throw RuleError("no such key: \(key)") }
            return value
        case .list(let items):
            var values: [JSONValue] = []
            for item in items { values.append(try item.value(scope)) }
            return .array(values)
        case .has(let outer, let key): return .bool(try outer.value(scope)[key] != nil)
        case .size(let inner): return .integer(Int64(try Self.size(try inner.value(scope))))
        case .double(let inner): return .number(String(try Self.number(try inner.value(scope))))
        case .all(let inner, let name, let test):
            return .bool(try inner.items(scope, as: name, passing: test).count == (try inner.items(scope)).count)
        case .filter(let inner, let name, let test):
            return .array(try inner.items(scope, as: name, passing: test))
        case .not(let inner): return .bool(!(try inner.isTrue(scope)))
        case .both(let left, let right): return .bool(try Self.decided(left, right, by: false, scope))
        case .either(let left, let right): return .bool(try Self.decided(left, right, by: true, scope))
        case .compared(let comparison, let left, let right):
            return .bool(try comparison.holds(try left.value(scope), try right.value(scope)))
        case .chosen(let condition, let first, let second):
            return try (try condition.isTrue(scope) ? first : second).value(scope)
        }
    }

    /// An error on one side does not matter where the other one decides.
    private static func decided(
        _ left: RuleExpression, _ right: RuleExpression, by deciding: Bool, _ scope: Scope
    ) throws(RuleError) -> Bool {
        do throws(RuleError) {
            if try left.isTrue(scope) == deciding { return deciding }
        } catch {
            if try right.isTrue(scope) == deciding { return deciding }
            throw error
        }
        return try right.isTrue(scope)
    }

    private func items(
        _ scope: Scope, as name: String, passing test: RuleExpression
    ) throws(RuleError) -> [JSONValue] {
        var kept: [JSONValue] = []
        for item in try items(scope) {
            var inner = scope
            inner[name] = item
            if try test.isTrue(inner) { kept.append(item) }
        }
        return kept
    }

    private func items(_ scope: Scope) throws(RuleError) -> [JSONValue] {
        switch try value(scope) {
        case .array(let items): return items
        case .object(let members): return members.keys.map(JSONValue.string)
        default: throw RuleError("no such overload")
        }
    }

    private static func size(_ value: JSONValue) throws(RuleError) -> Int {
        switch value {
        case .string(let text): return text.unicodeScalars.count
        case .array(let items): return items.count
        case .object(let members): return members.count
        default: throw RuleError("no such overload")
        }
    }

    fileprivate static func number(_ value: JSONValue) throws(RuleError) -> Double {
        switch value {
        case .integer(let number): return Double(number)
        case .number(let text), .string(let text):
            guard let number = Double(text) else { throw RuleError("type conversion error from string to double") }
            return number
        default: throw RuleError("no such overload")
        }
    }
}

extension RuleExpression.Comparison {
    fileprivate func holds(_ left: JSONValue, _ right: JSONValue) throws(RuleError) -> Bool {
        switch (self, left, right) {
        case (.equal, .string, _), (.equal, .object, _), (.equal, .array, _), (.equal, .bool, _): return left == right
        case (.different, .string, _), (.different, .object, _), (.different, .array, _), (.different, .bool, _):
            return left != right
        case (_, .string(let first), .string(let second)): return ordered(first, second)
        default: return ordered(try RuleExpression.number(left), try RuleExpression.number(right))
        }
    }

    private func ordered<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
        switch self {
        case .equal: left == right
        case .different: left != right
        case .atMost: left <= right
        case .atLeast: left >= right
        case .less: left < right
        case .more: left > right
        }
    }
}
