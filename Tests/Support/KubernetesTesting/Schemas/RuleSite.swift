import JSON
import KubernetesModel

/// The rules that a schema has at one place, and the way there.
struct RuleSite: Sendable {
    enum Step: Sendable {
        case member(String)
        /// Of a list.
        case item
        /// Of a map.
        case entry
    }

    struct Rule: Sendable {
        let expression: RuleExpression
        let message: String
        /// From the place of the rule to the field that is told, with its dot.
        let fieldPath: String
        /// It compares with what was there before, so it says nothing of what is new.
        let isTransition: Bool

        init(_ rule: JSONValue) throws(RuleError) {
            let text = rule["rule"]?.stringValue ?? ""
            expression = try RuleParser.expression(text)
            message = rule["message"]?.stringValue ?? "failed rule: \(text)"
            fieldPath = rule["fieldPath"]?.stringValue ?? ""
            isTransition = text.contains("oldSelf")
        }
    }

    let steps: [Step]
    let rules: [Rule]

    /// What an object breaks of them.
    ///
    /// Items of lists are not matched with what they were before.
    func broken(_ object: JSONValue, old: JSONValue?) -> [StatusCause] { broken(object, old, steps[...], "") }

    private func broken(
        _ value: JSONValue, _ old: JSONValue?, _ steps: ArraySlice<Step>, _ path: String
    ) -> [StatusCause] {
        let rest = steps.dropFirst()
        switch steps.first {
        case nil: return rules.compactMap { finding($0, value, old, path) }
        case .member(let name):
            guard let member = value[name] else { return [] }
            return broken(member, old?[name], rest, path.isEmpty ? name : "\(path).\(name)")
        case .item:
            return (value.arrayValue ?? []).enumerated().flatMap { broken($1, nil, rest, "\(path)[\($0)]") }
        case .entry:
            return (value.objectValue ?? [:]).flatMap { broken($1, old?[$0], rest, "\(path)[\($0)]") }
        }
    }

    private func finding(_ rule: Rule, _ value: JSONValue, _ old: JSONValue?, _ path: String) -> StatusCause? {
        var scope: RuleExpression.Scope = ["self": value]
        if rule.isTransition {
            guard let old else { return nil }
            scope["oldSelf"] = old
        }
        var why = rule.message
        do throws(RuleError) {
            if try rule.expression.isTrue(scope) { return nil }
        } catch {
            why = "\(error) evaluating rule: \(rule.message)"
        }
        let field = path.isEmpty ? String(rule.fieldPath.drop { $0 == "." }) : path + rule.fieldPath
        return StatusCause(
            reason: "FieldValueInvalid", message: "Invalid value: \(why)", field: field.isEmpty ? "<nil>" : field)
    }
}
