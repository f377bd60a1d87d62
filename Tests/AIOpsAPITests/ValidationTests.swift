import AIOpsAPI
import JSON
import Testing

@Suite struct ValidationTests {
    @Test func goodSpecsHaveNoProblems() throws {
        #expect(try AIOpsTask.Spec(jsonValue: BadSpec.good).validate() == [])
        #expect(WorkerPool.Spec().validate() == [])
    }

    @Test(arguments: BadSpec.tasks)
    func badTaskIsRefusedWithAdvice(bad: BadSpec) throws {
        expect(try AIOpsTask.Spec(jsonValue: bad.spec).validate(), bad)
    }

    @Test(arguments: BadSpec.pools)
    func badPoolIsRefusedWithAdvice(bad: BadSpec) throws {
        expect(try WorkerPool.Spec(jsonValue: bad.spec).validate(), bad)
    }

    /// Every rule that a current server checks is checked by the operator as well, with the same words.
    @Test func everyRuleOfTheSchemaHasABadExample() {
        let said = (BadSpec.tasks + BadSpec.pools).filter(\.isRule).map(\.message)
        let rules = AIOpsTask.Spec.schema.allRules + WorkerPool.Spec.schema.allRules
        #expect(rules.count >= 17)
        for rule in rules {
            #expect(said.contains { $0 == rule.message || $0.hasPrefix(rule.message + "; found ") }, "\(rule.message)")
        }
    }

    /// A typing error in a manifest is told with the names that exist.
    @Test func unknownFieldsOfAManifestAreNamed() throws {
        let problems = AIOpsTask.Spec.schema.check(["limits": ["maxStep": 3]], at: "spec")
        #expect(problems.map(\.path) == ["spec.limits.maxStep"])
        #expect(problems.first?.message.contains("maxSteps") == true)
    }

    @Test func theSummaryIsBounded() {
        let many = (0..<50).map { SpecProblem(path: "spec.f\($0)", reason: .malformed, message: "bad") }
        #expect(many.summary.hasSuffix("| and 45 more"))
        let long = [SpecProblem(path: "p", reason: .malformed, message: String(repeating: "x", count: 5000))]
        #expect(long.summary.count == 2048)
    }

    private func expect(_ problems: [SpecProblem], _ bad: BadSpec) {
        #expect(problems.map(\.path) == [bad.path])
        #expect(problems.map(\.message) == [bad.message])
    }
}

extension Schema {
    /// The rules of the schema and of everything in it.
    var allRules: [Rule] {
        switch shape {
        case .object(let properties): rules + properties.flatMap(\.schema.allRules)
        case .list(let element, _, _), .map(let element, _): rules + element.allRules
        case .text, .integer, .boolean: rules
        }
    }
}
