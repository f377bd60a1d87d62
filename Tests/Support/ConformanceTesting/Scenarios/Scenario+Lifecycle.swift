import JSON

extension Scenario {
    static let lifecycle = Scenario("lifecycle", with: [.configMap, .task, .pool]) { kind in
        [
            kind.get("a"),
            kind.create("a", ["labels": ["l": "1"]]),
            kind.create("a"),
            kind.get("a"),
            kind.getMetadata("a"),
            kind.update("a", .object(kind.changed)),
            // Nothing changes, so there is no new version.
            kind.update("a", [:]),
            kind.update("a", ["metadata": ["annotations": ["a": "b"]]]),
            // From what somebody else has changed in between.
            kind.update("a", ["metadata": ["labels": ["l": "2"]]], fromFirst: true),
            kind.update("a", ["metadata": ["uid": "00000000-0000-0000-0000-000000000000"]]),
            kind.delete("a"),
            kind.get("a"),
            kind.delete("a"),
        ]
    }

    static let unconditionalUpdate = Scenario("unconditional-update", with: .both) { kind in
        [
            kind.create("a"),
            kind.update("a", ["metadata": ["resourceVersion": nil, "labels": ["x": "y"]]]),
            kind.delete("a"),
            // Of something that is not there.
            kind.update("a", [:]),
        ]
    }
}
