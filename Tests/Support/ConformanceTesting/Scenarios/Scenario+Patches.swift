import JSON
import KubernetesClient

extension Scenario {
    static let patches = Scenario("patches", with: .both) { kind in
        [
            kind.merge("a", .object(kind.changed)),
            kind.create("a"),
            kind.merge("a", ["metadata": ["labels": ["x": "y"], "annotations": ["n": "1"]]]),
            kind.merge("a", ["metadata": ["labels": ["x": nil]]]),
            kind.merge("a", ["metadata": ["labels": ["gone": nil]]]),
            kind.merge("a", .object(kind.changed)),
            kind.merge("a", ["metadata": ["resourceVersion": "$first(a)", "labels": ["x": "z"]]]),
            kind.merge("a", ["metadata": ["uid": "00000000-0000-0000-0000-000000000000"]]),
            kind.merge("a", ["metadata": ["name": "other"]]),
            kind.json("a", [.test(path: "/metadata/uid", "$uid(a)"), .remove(path: "/metadata/annotations")]),
            kind.json(
                "a", [.test(path: kind.field.path, kind.field.value), .add(path: "/metadata/labels", ["j": "k"])]),
            kind.json("a", [.test(path: kind.field.path, "something else")]),
            kind.json("a", [.remove(path: "/metadata/annotations/none")]),
            kind.json("a", [.replace(path: "/metadata/labels/j", "l")]),
            kind.get("a"),
        ]
    }

    static let strategicPatch = Scenario("strategic-patch", with: [.configMap, .deployment, .task]) { kind in
        [
            kind.create("a"),
            kind.strategic("a", ["metadata": ["labels": ["x": "y"]]]),
            kind.strategic("a", ["metadata": ["labels": ["x": nil]]]),
        ]
            + (kind.type == Subject.deployment.type
                ? [
                    // By the key of the list: the other container stays.
                    kind.strategic(
                        "a",
                        ["spec": ["template": ["spec": ["containers": [["name": "two", "image": "other"]]]]]]),
                    kind.merge(
                        "a", ["spec": ["template": ["spec": ["containers": [["name": "two", "image": "new"]]]]]]),
                ] : [])
    }
}
