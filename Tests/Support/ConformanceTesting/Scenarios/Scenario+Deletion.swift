import JSON
import KubernetesClient

extension Scenario {
    static let deletion = Scenario("deletion", with: .both) { kind in
        [
            kind.create("a"),
            kind.delete("a", DeleteOptions(uid: "00000000-0000-0000-0000-000000000000")),
            kind.delete("a", DeleteOptions(resourceVersion: "1")),
            kind.delete("a", DeleteOptions(uid: "$uid(a)", dryRun: true)),
            kind.merge("a", ["metadata": ["labels": ["x": "y"]]]),
            kind.delete("a", DeleteOptions(uid: "$uid(a)", resourceVersion: "$first(a)")),
            kind.delete("a", DeleteOptions(uid: "$uid(a)", resourceVersion: "$version(a)")),
            // The next one of this name is another.
            kind.create("a"),
            kind.get("a"),
        ]
    }

    static let deleteCollection = Scenario("delete-collection", with: .both) { kind in
        [
            kind.create("a", ["labels": ["l": "go"]]),
            kind.create("b", ["labels": ["l": "go"], "finalizers": ["aiops.dev/test"]]),
            kind.create("c", ["labels": ["l": "stay"]]),
            kind.deleteAll("l=go", dryRun: true),
            kind.list(ListOptions(labelSelector: "l")),
            kind.deleteAll("l=go"),
            kind.list(ListOptions(labelSelector: "l")),
            kind.json("b", [.remove(path: "/metadata/finalizers")]),
            kind.list(ListOptions(labelSelector: "l")),
            kind.deleteAll("l=none"),
        ]
    }

    static let finalizers = Scenario("finalizers", with: .both) { kind in
        [
            kind.create("a", ["finalizers": ["aiops.dev/one", "aiops.dev/two"]]),
            kind.delete("a"),
            // Again: nothing more happens.
            kind.delete("a"),
            kind.create("a"),
            kind.merge("a", ["metadata": ["labels": ["x": "y"]]]),
            kind.merge("a", ["metadata": ["finalizers": ["aiops.dev/one", "aiops.dev/two", "aiops.dev/three"]]]),
            kind.json(
                "a",
                [
                    .test(path: "/metadata/finalizers/0", "aiops.dev/one"), .remove(path: "/metadata/finalizers/0"),
                ]),
            kind.json("a", [.test(path: "/metadata/finalizers/0", "aiops.dev/one")]),
            kind.json("a", [.remove(path: "/metadata/finalizers/0")]),
            kind.get("a"),
        ]
    }
}
