import JSON
import KubernetesClient

extension Scenario {
    static let names = Scenario("names", with: [.configMap, .namespace, .task]) { kind in
        [
            "Upper", "under_score", "-dash", "dash-", "a..b", "a.b", "ü", "with space",
            String(repeating: "n", count: 64), String(repeating: "n", count: 254),
        ].map { kind.create($0) }
    }

    static let labelsAndFinalizers = Scenario("metadata-rules", with: .both) { kind in
        [
            kind.create("a", ["labels": ["-bad": "x"]]),
            kind.create("a", ["labels": ["x": "not a value"]]),
            kind.create("a", ["labels": ["no.prefix/": "x"]]),
            kind.create("a", ["labels": ["Bad_Prefix/x": "x"]]),
            kind.create("a", ["labels": [String(repeating: "l", count: 64): "x"]]),
            kind.create("a", ["annotations": ["not a key": "x"]]),
            kind.create("a", ["finalizers": ["no-slash"]]),
            kind.create("a", ["finalizers": ["a/b/c"]]),
            kind.create("a", ["ownerReferences": [["apiVersion": "v1", "kind": "ConfigMap", "name": "o"]]]),
            kind.create("a", ["resourceVersion": "7"]),
            kind.create(
                "a", ["uid": "00000000-0000-0000-0000-000000000007", "creationTimestamp": "2001-01-01T00:00:00Z"]),
        ]
    }

    static let invalidTask = Scenario("invalid-objects", with: [.task]) { kind in
        func with(_ change: JSONValue) -> JSONObject { JSONObjectMerge.of(kind.sample, change) }
        return [
            kind.create("a", body: [:]),
            kind.create("a", body: ["spec": [:]]),
            kind.create("a", body: ["spec": "text"]),
            kind.create("a", body: with(["spec": ["priority": 9]])),
            kind.create("a", body: with(["spec": ["priority": "high"]])),
            kind.create("a", body: with(["spec": ["priority": 1.5]])),
            kind.create("a", body: with(["spec": ["problem": ["id": "NOT AN ID"]]])),
            kind.create("a", body: with(["spec": ["problem": ["id": .string(String(repeating: "x", count: 300))]]])),
            kind.create("a", body: with(["spec": ["agent": ["strategy": "Guess"]]])),
            kind.create("a", body: with(["spec": ["agent": ["strategy": 3], "priority": 9]])),
            kind.create("a", body: with(["spec": ["query": ["message": "why?"]]])),
            kind.create("a"),
            kind.merge("a", ["spec": ["priority": 9]]),
            kind.merge("a", ["spec": ["problem": nil]]),
            kind.merge("a", ["status": ["phase": "Nowhere"]], subresource: "status"),
        ]
    }

    static let invalidPool = Scenario("invalid-objects", with: [.pool]) { kind in
        func with(_ change: JSONValue) -> JSONObject { JSONObjectMerge.of(kind.sample, change) }
        return [
            kind.create("a", body: with(["spec": ["workers": ["replicas": -1]]])),
            kind.create("a", body: with(["spec": ["workers": ["replicas": 1001, "maxTasksPerWorker": 0]]])),
            kind.create("a", body: with(["spec": ["workers": ["backend": "Cloud"]]])),
            kind.create("a", body: with(["spec": ["workers": "three"]])),
            kind.create("a", body: with(["spec": ["workers": [1, 2]]])),
            kind.create("a", body: with(["spec": nil])),
        ]
    }

    static let invalidConfigMap = Scenario("invalid-objects", with: [.configMap]) { kind in
        [
            kind.create("a", body: ["data": ["not a key": "v"]]),
            kind.create("a", body: ["data": ["k": "v"], "binaryData": ["k": "AAEC"]]),
            kind.create("a", body: ["data": [".": "v", "..": "w"]]),
        ]
    }

    static let immutable = Scenario("immutable", with: [.configMap, .deployment]) { kind in
        kind.type == Subject.configMap.type
            ? [
                kind.create("a", body: ["data": ["k": "v"], "immutable": true]),
                kind.merge("a", ["data": ["k": "w"]]),
                kind.merge("a", ["immutable": false]),
                kind.merge("a", ["immutable": nil, "data": ["more": "1"]]),
                kind.merge("a", ["metadata": ["labels": ["x": "y"]]]),
            ]
            : [
                kind.create("a"),
                kind.merge(
                    "a",
                    [
                        "spec": [
                            "selector": ["matchLabels": ["a": "c"]],
                            "template": ["metadata": ["labels": ["a": "c"]]],
                        ]
                    ]),
            ]
    }
}
