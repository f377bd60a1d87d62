import JSON
import KubernetesClient

extension Scenario {
    static let dryRun = Scenario("dry-run", with: .both) { kind in
        [
            kind.create("a", .init(), .dry),
            kind.get("a"),
            kind.create("a"),
            kind.create("a", .init(), .dry),
            kind.merge("a", ["metadata": ["labels": ["x": "y"]]], .dry),
            kind.update("a", .object(kind.changed), .dry),
            kind.get("a"),
        ]
    }

    static let fieldValidation = Scenario("field-validation", with: .ours) { kind in
        let unknown = JSONObjectMerge.of(kind.sample, ["spec": ["nobodyKnows": 1]])
        return [
            kind.create("a", body: unknown, .validating(.strict)),
            kind.create("b", body: unknown, .validating(.warn)),
            kind.create("c", body: unknown, .validating(.ignore)),
            kind.create("d", body: unknown),
            kind.merge("d", ["spec": ["nobodyKnows": 1]], .validating(.strict)),
            kind.merge("d", ["spec": ["nobodyKnows": 1]], .validating(.warn)),
            kind.create("e", body: JSONObjectMerge.of(kind.sample, ["top": true]), .validating(.strict)),
            kind.create("f", .init(), .validating(.strict)),
        ]
    }

    static let generateName = Scenario("generate-name", with: .both) { kind in
        [
            kind.create("", ["generateName": "made-"]),
            kind.create("named", ["generateName": "made-"]),
            kind.create(""),
        ]
    }
}
