import JSON
import KubernetesClient
import KubernetesModel

/// The owner is of the kind played with, what it owns are ConfigMaps.
extension Scenario {
    private static func owned(by kind: Subject, blocking: Bool = false) -> JSONObject {
        [
            "labels": ["in": "owners"],
            "ownerReferences": [
                [
                    "apiVersion": .string(kind.type.apiVersion), "kind": .string(kind.type.kind), "name": "owner",
                    "uid": "$uid(owner)", "blockOwnerDeletion": .bool(blocking), "controller": true,
                ]
            ],
        ]
    }

    static let background = Scenario("owners-background", with: .both) { kind in
        [
            kind.create("owner"),
            Subject.configMap.create("owned", owned(by: kind)),
            Subject.configMap.create("free", ["labels": ["in": "owners"]]),
            kind.delete("owner", DeleteOptions(uid: "$uid(owner)")),
            kind.get("owner"),
            Subject.configMap.awaitGone("owned"),
            Subject.configMap.get("free"),
        ]
    }

    static let foreground = Scenario("owners-foreground", with: .both) { kind in
        [
            kind.create("owner"),
            Subject.configMap.create("owned", owned(by: kind, blocking: true)),
            kind.delete("owner", DeleteOptions(propagation: .foreground)),
            kind.awaitGone("owner"),
            Subject.configMap.get("owned"),
        ]
    }

    static let orphans = Scenario("owners-orphaned", with: .both) { kind in
        [
            kind.create("owner"),
            Subject.configMap.create("owned", owned(by: kind)),
            kind.delete("owner", DeleteOptions(propagation: .orphan)),
            kind.awaitGone("owner"),
            Subject.configMap.get("owned"),
        ]
    }
}
