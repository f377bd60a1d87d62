import JSON
import KubernetesClient

extension Scenario {
    static let apply = Scenario("apply", with: .both) { kind in
        let (mine, other) = (kind.sample, kind.changed)
        return [
            // Not twice: in another second a real server writes its time anew.
            kind.apply("a", ["labels": ["one": "1", "both": "1"]], body: mine, by: "one"),
            // The same value is shared, another is a conflict.
            kind.apply("a", ["labels": ["both": "1"]], body: [:], by: "two"),
            kind.apply("a", ["labels": ["both": "2"]], body: [:], by: "two"),
            kind.apply("a", ["labels": ["one": "2", "both": "2"]], body: [:], by: "three"),
            kind.apply("a", ["labels": ["both": "2"]], body: [:], force: true, by: "two"),
            kind.merge("a", .object(other), .by("editor")),
            kind.apply("a", ["labels": ["one": "1"]], body: mine, force: true, by: "one"),
            // What it no longer names and nobody else owns goes.
            kind.apply("a", body: mine, by: "one"),
            kind.apply("a", ["resourceVersion": "$first(a)", "labels": ["one": "3"]], body: mine, by: "one"),
            kind.apply("a", ["labels": ["one": "3"]], body: mine, by: ""),
            kind.get("a"),
        ]
    }

    static let applyToStatus = Scenario("apply-to-status", with: [.task]) { kind in
        [
            kind.apply("a", body: ["status": ["phase": "Queued"]], subresource: "status", by: "status"),
            kind.create("a"),
            kind.apply(
                "a", body: ["status": ["phase": "Queued", "observedGeneration": 1]], subresource: "status", by: "status"
            ),
            kind.apply(
                "a", body: ["status": ["phase": "Queued", "observedGeneration": 1]], subresource: "status", by: "status"
            ),
            kind.apply("a", body: ["status": ["phase": "Running"]], subresource: "status", by: "other"),
            kind.apply(
                "a", body: ["status": ["phase": "Running"]], subresource: "status", force: true, by: "other"),
            kind.merge("a", ["spec": ["priority": 6]]),
            kind.get("a"),
        ]
    }
}
