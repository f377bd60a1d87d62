import ConformanceTesting
import JSON
import KubernetesModel
import KubernetesTesting
import Testing

/// What the in-memory server makes of schemas, beyond what the scenarios meet.
@Suite struct SchemaTests {
    /// One that it did not understand would hold nobody to anything.
    @Test func everyRuleOfOurDefinitionsIsUnderstood() { #expect(MemoryStage.unknownRules == []) }

    @Test(arguments: ["self.a + 1 == 2", "self.name.matches('x')", "has(self)", "self.a ==", "self.a == 'x", "[]"])
    func aRuleThatIsNotUnderstoodIsNamed(_ rule: String) {
        let schema = ServedSchema(openAPI: ["x-kubernetes-validations": [["rule": .string(rule)]]])
        #expect(schema.unknownRules.map { $0.hasPrefix(rule) } == [true])
    }

    @Test(arguments: [
        ("has(self.a) != has(self.b)", #"{"a":1}"#, true),
        ("has(self.a) != has(self.b)", #"{"a":1,"b":1}"#, false),
        ("[has(self.a), has(self.b)].filter(x, x).size() == 1", #"{"b":1}"#, true),
        ("[has(self.a), has(self.b)].filter(x, x).size() == 1", "{}", false),
        ("self.all(key, size(key) <= 3)", #"{"abc":1}"#, true),
        ("self.all(key, size(key) <= 3)", #"{"abc":1,"abcd":1}"#, false),
        ("!has(self.t) || double(self.t) <= 2.0", #"{"t":"2"}"#, true),
        ("!has(self.t) || double(self.t) <= 2.0", #"{"t":"2.5"}"#, false),
        ("!has(self.most) || !has(self.warm) || self.warm <= self.most", #"{"warm":3,"most":2}"#, false),
        ("(has(self.k) && self.k == 'x') == (has(self.l) && size(self.l) > 0)", #"{"k":"x","l":[]}"#, false),
        ("(has(self.k) && self.k == 'x') == (has(self.l) && size(self.l) > 0)", #"{"k":"x","l":[1]}"#, true),
        ("has(self.a) ? self.a == 1 : !(has(self.b))", #"{"b":1}"#, false),
        ("has(self.a) ? self.a == 1 : !(has(self.b))", #"{"a":1,"b":1}"#, true),
        // What cannot be told on one side does not matter where the other one decides.
        ("self.a == 1 || !has(self.a)", "{}", true),
        ("self.a == 1 || has(self.a)", "{}", false),
    ])
    func aRuleHoldsOrIsBroken(_ rule: String, _ object: String, _ holds: Bool) throws {
        let schema = ServedSchema(openAPI: [
            "properties": [
                "spec": ["x-kubernetes-validations": [["rule": .string(rule), "message": "m", "fieldPath": ".f"]]]
            ]
        ])
        let broken = schema.brokenRules(["spec": try JSONValue(parsing: Array(object.utf8))], old: nil)
        #expect(broken.map(\.field) == (holds ? [] : ["spec.f"]))
    }

    @Test func aRuleAboutAChangeIsAskedOfChangesAlone() {
        let schema = ServedSchema(openAPI: [
            "properties": ["spec": ["x-kubernetes-validations": [["rule": "self == oldSelf", "message": "fixed"]]]]
        ])
        #expect(schema.brokenRules(["spec": ["a": 1]], old: nil).isEmpty)
        #expect(schema.brokenRules(["spec": ["a": 1]], old: ["spec": ["a": 1]]).isEmpty)
        #expect(
            schema.brokenRules(["spec": ["a": 2]], old: ["spec": ["a": 1]])
                == [StatusCause(reason: "FieldValueInvalid", message: "Invalid value: fixed", field: "spec")])
    }

    @Test(
        arguments: [
            #"{"l":["a","b"]}"#, #"{"l":[1]}"#, #"{"m":{"a":1,"b":2}}"#, #"{"s":""}"#, #"{"t":"yesterday"}"#,
            #"{"b":"true"}"#, #"{"n":null}"#, #"{"o":{}}"#,
        ], ServerProfile.allCases)
    func whatBreaksABoundIsFound(_ object: String, _ profile: ServerProfile) throws {
        let schema = ServedSchema(openAPI: [
            "properties": [
                "l": ["type": "array", "maxItems": 1, "items": ["type": "string"]],
                "m": ["type": "object", "maxProperties": 1, "additionalProperties": ["type": "integer"]],
                "s": ["type": "string", "minLength": 1], "t": ["type": "string", "format": "date-time"],
                "b": ["type": "boolean"], "n": ["type": "integer", "format": "int32"],
                "o": ["type": "object", "required": ["x"]],
            ]
        ])
        #expect(schema.violations(try JSONValue(parsing: Array(object.utf8)), profile).count == 1)
        #expect(
            schema.violations(["l": ["a"], "m": ["a": 1], "s": "x", "b": true, "n": 1, "o": ["x": 1]], profile).isEmpty)
    }
}
