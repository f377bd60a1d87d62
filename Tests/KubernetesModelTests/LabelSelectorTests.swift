import KubernetesModel
import Testing

@Suite struct LabelSelectorTests {
    @Test(arguments: [
        ("a=b", ["a": "b"], true),
        ("a=b", ["a": "c"], false),
        ("a==b", ["a": "b"], true),
        ("a!=b", ["a": "c"], true),
        ("a!=b", [:], true),
        ("a!=b", ["a": "b"], false),
        ("a in (b, c)", ["a": "c"], true),
        ("a in (b,c)", [:], false),
        ("a notin (b,c)", [:], true),
        ("a notin (b,c)", ["a": "b"], false),
        ("a", ["a": ""], true),
        ("!a", ["a": ""], false),
        ("!a", [:], true),
        ("a=b,c in (d,e),!f", ["a": "b", "c": "e"], true),
        ("a=b,c in (d,e),!f", ["a": "b", "c": "e", "f": ""], false),
        ("", ["any": "thing"], true),
    ])
    func textFormSelects(_ text: String, _ labels: [String: String], _ expected: Bool) throws {
        let selector = try #require(LabelSelector(text: text))
        #expect(selector.matches(labels) == expected)
        // What we write, we read back to the same meaning.
        let again = try #require(LabelSelector(text: selector.text))
        #expect(again.matches(labels) == expected)
    }

    @Test(arguments: ["a in b", "a in (b", "a like (b)", "a b"])
    func nonsenseIsRefused(_ text: String) {
        #expect(LabelSelector(text: text) == nil)
    }

    @Test func theSameSelectorGivesTheSameText() {
        let selector = LabelSelector(["b": "2", "a": "1"], expressions: [LabelRequirement("c", .isIn, ["y", "x"])])
        #expect(selector.text == "a=1,b=2,c in (x,y)")
    }
}
