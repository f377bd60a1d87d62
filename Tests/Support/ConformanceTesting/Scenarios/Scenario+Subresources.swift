import JSON
import KubernetesClient

extension Scenario {
    static let status = Scenario("status", with: .ours) { kind in
        [
            // Not for whoever makes the object to say.
            kind.create("a", body: JSONObjectMerge.of(kind.sample, ["status": ["observedGeneration": 7]])),
            kind.update("a", ["status": ["observedGeneration": 1]], status: true),
            kind.update("a", ["status": ["observedGeneration": 2]], status: true),
            kind.update("a", ["status": ["observedGeneration": 9], "metadata": ["labels": ["x": "y"]]]),
            kind.update("a", ["status": ["observedGeneration": 3]], fromFirst: true, status: true),
            kind.merge("a", ["status": ["observedGeneration": 4]]),
            kind.merge("a", ["status": ["observedGeneration": 4]], subresource: "status"),
            kind.merge("none", ["status": ["observedGeneration": 4]], subresource: "status"),
            kind.get("a"),
        ]
    }

    static let scale = Scenario("scale", with: [.pool, .deployment]) { kind in
        [
            kind.getScale("a"),
            kind.create("a"),
            kind.getScale("a"),
            kind.scale("a", to: 4),
            kind.scale("a", to: 4),
            kind.scale("a", to: 5, at: "$first(a)"),
            kind.scale("a", to: -1),
            kind.get("a"),
        ]
    }
}

enum JSONObjectMerge {
    static func of(_ object: JSONObject, _ change: JSONValue) -> JSONObject {
        JSONMergePatch.apply(change, to: .object(object)).objectValue ?? [:]
    }
}
