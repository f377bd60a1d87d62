import JSON
import KubernetesClient

extension Scenario {
    /// With a selector, since a cluster puts objects of its own into namespaces.
    static let lists = Scenario("lists", with: .both) { kind in
        (0..<5).map { kind.create("o\($0)", ["labels": ["in": "list"]]) } + [
            kind.list(ListOptions(labelSelector: "in=list")),
            kind.list(ListOptions(labelSelector: "in=list", pageSize: 2)),
            kind.list(ListOptions(labelSelector: "in=list", pageSize: 5)),
            kind.list(ListOptions(labelSelector: "in=list", pageSize: 3), metadataOnly: true),
            kind.list(ListOptions(labelSelector: "in=list", resourceVersion: "$list", versionMatch: .notOlderThan)),
            kind.list(ListOptions(labelSelector: "in=nothing")),
            kind.delete("o3"),
            // As it was before that.
            kind.list(
                ListOptions(labelSelector: "in=list", resourceVersion: "$list", versionMatch: .exact, pageSize: 0)),
            kind.list(ListOptions(labelSelector: "in=list", resourceVersion: "not-a-number")),
        ]
    }

    static let pagesOfAll = Scenario("pages-of-all", with: .ours) { kind in
        (0..<5).map { kind.create("o\($0)") } + [
            kind.list(),
            kind.list(ListOptions(pageSize: 2)),
            kind.list(ListOptions(pageSize: 2), metadataOnly: true),
            kind.list(ListOptions(resourceVersion: "0", pageSize: 2)),
        ]
    }

    static let selectors = Scenario("selectors", with: .both) { kind in
        let labels: [(String, JSONObject)] = [
            ("a", ["tier": "front", "n": "1"]), ("b", ["tier": "back", "n": "2"]), ("c", ["tier": "back"]),
            ("d", ["other": ""]),
        ]
        let wanted = [
            "tier=back", "tier!=back,in", "tier in (front, back)", "tier notin (front),in", "tier,!n", "n",
            "tier==front,n=1", "=", "tier in (",
        ]
        return labels.map { name, labels in
            var all = labels
            all["in"] = "selectors"
            return kind.create(name, ["labels": .object(all)])
        } + wanted.map { kind.list(ListOptions(labelSelector: $0)) } + [
            kind.list(ListOptions(fieldSelector: "metadata.name=b")),
            kind.list(ListOptions(labelSelector: "in", fieldSelector: "metadata.name!=b")),
            kind.list(ListOptions(labelSelector: "in", fieldSelector: "metadata.namespace=$ns,metadata.name=c")),
            kind.list(ListOptions(fieldSelector: "metadata.namespace=elsewhere")),
            kind.list(ListOptions(fieldSelector: "spec.nothing=x")),
            kind.list(ListOptions(fieldSelector: "nonsense")),
        ]
    }
}
