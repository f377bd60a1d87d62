import JSON
import KubernetesClient

/// What a watch shows has happened before it was opened, so that nothing depends on how fast anybody is.
extension Scenario {
    static let watch = Scenario("watch", with: .both) { kind in
        [
            kind.list(ListOptions(labelSelector: "in=watch")),
            kind.create("a", ["labels": ["in": "watch"]]),
            kind.merge("a", .object(kind.changed)),
            kind.create("b", ["labels": ["in": "watch"], "finalizers": ["aiops.dev/test"]]),
            kind.delete("b"),
            kind.json("b", [.remove(path: "/metadata/finalizers")]),
            kind.delete("a"),
            kind.create("last", ["labels": ["in": "watch"]]),
            kind.watch(WatchOptions(resourceVersion: "$list", labelSelector: "in=watch"), until: .object("last")),
            kind.watch(
                WatchOptions(resourceVersion: "$list", fieldSelector: "metadata.name=last"), until: .object("last")),
        ]
    }

    static let watchWithSelector = Scenario("watch-with-selector", with: .both) { kind in
        [
            kind.list(ListOptions(labelSelector: "in=sight")),
            kind.create("a", ["labels": ["in": "sight"]]),
            kind.create("b", ["labels": ["in": "the-dark"]]),
            kind.merge("b", ["metadata": ["labels": ["in": "sight"]]]),
            kind.merge("a", ["metadata": ["labels": ["in": "the-dark"]]]),
            kind.merge("a", ["metadata": ["labels": ["more": "1"]]]),
            kind.create("last", ["labels": ["in": "sight"]]),
            kind.watch(WatchOptions(resourceVersion: "$list", labelSelector: "in=sight"), until: .object("last")),
        ]
    }

    /// Without a version: the present state first.
    static let watchFromNowhere = Scenario("watch-from-nowhere", with: .both) { kind in
        [
            // One alone: in which order they come is not said.
            kind.create("last", ["labels": ["in": "watch"]]),
            kind.watch(WatchOptions(labelSelector: "in=watch"), until: .object("last")),
            kind.list(ListOptions(labelSelector: "in=watch")),
            kind.merge("last", ["metadata": ["labels": ["x": "y"]]]),
            kind.watchMetadata(until: .object("last")),
        ]
    }

    /// Older servers refuse it, and newer ones mark the end of the initial events.
    static let streamingList = Scenario("streaming-list", with: .both) { kind in
        [
            kind.create("a", ["labels": ["in": "stream"]]),
            kind.create("b", ["labels": ["in": "stream"]]),
            kind.watch(WatchOptions(labelSelector: "in=stream", sendInitialEvents: true), until: .initialEvents),
            kind.watch(
                WatchOptions(labelSelector: "in=stream", sendInitialEvents: true, versionMatch: .exact),
                until: .initialEvents),
        ]
    }

    static let bookmark = Scenario("bookmark", with: .both) { kind in
        [
            kind.create("a", ["labels": ["in": "bookmark"]]),
            kind.list(ListOptions(labelSelector: "in=bookmark")),
            kind.watch(
                WatchOptions(resourceVersion: "$list", labelSelector: "in=bookmark", timeoutSeconds: 4),
                until: .connection),
        ]
    }

    /// The history of a kind begins when it is defined.
    static let tooOld = Scenario("watch-too-old", with: .ours) { kind in
        [kind.watch(WatchOptions(resourceVersion: "1"), until: .connection)]
    }
}
