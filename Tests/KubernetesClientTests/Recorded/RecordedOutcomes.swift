/// What each recorded answer means to us.
///
/// Objects are described by `RecordedTask.description`, errors by kind, wait and causes, watches by their events.
enum RecordedOutcomes {
    static let all = old.merging(new) { first, _ in first }

    /// Of a server that knows neither CEL, streaming lists, selectable fields nor field validation.
    private static let old: [String: String] = [
        "v1.20/apply-conflict":
            #"conflict ["FieldManagerConflict .status.phase", "FieldManagerConflict .status.phase"]"#,
        "v1.20/apply-status": "default/t1 g1 [] p3 p1 o1 Queued",
        "v1.20/crd-create": "CustomResourceDefinition aiopstasks.aiops.dev",
        "v1.20/create": "default/t1 g1 [] p3 p1 o-1",
        "v1.20/create-cel-422": "default/bad g1 [] p3 a o-1",
        "v1.20/create-exists": "alreadyExists []",
        "v1.20/create-schema-422": #"invalid ["FieldValueInvalid spec.priority"]"#,
        "v1.20/create-unknown-field-strict": "default/u1 g1 [] p3 a o-1 []",
        "v1.20/create-unknown-field-warn": "default/u2 g1 [] p3 a o-1 []",
        "v1.20/delete-precondition": "conflict []",
        "v1.20/delete-with-finalizer": #"pending default/t1 g2 deleted ["aiops.dev/release"]"#,
        "v1.20/discovery-aggregated": "",
        "v1.20/discovery-group": "aiopstasks AIOpsTask true 8, aiopstasks/status AIOpsTask true 3",
        "v1.20/get": "default/t1 g1 [] p3 p1 o-1",
        "v1.20/get-404": "notFound []",
        "v1.20/json-patch-finalizer": #"default/t1 g1 ["aiops.dev/release"] p3 p1 o1 Queued"#,
        "v1.20/json-patch-remove-finalizer": #"default/t1 g2 ["a=b", "deleted"] p3 p1 o1 Queued"#,
        "v1.20/json-patch-test-fails": "invalid rejected []",
        "v1.20/lease-create": "default/l a 2026-01-01T00:00:00Z",
        "v1.20/list-bad-continue": "badRequest []",
        "v1.20/list-exact-old": "expired []",
        "v1.20/list-field-selector": "badRequest []",
        "v1.20/list-future-rv": #"serverTimeout after 1 s future ["ResourceVersionTooLarge "]"#,
        "v1.20/list-metadata": "default/bad g1, default/l0 g1",
        "v1.20/list-page-1": "default/bad g1 [] p3 a o-1, default/l0 g1 [] p3 p0 o-1, default/l1 g1 [] p3 p1 o-1",
        "v1.20/list-page-2": "default/l2 g1 [] p3 p0 o-1, default/l3 g1 [] p3 p1 o-1, default/l4 g1 [] p3 p0 o-1",
        "v1.20/merge-patch": #"default/t1 g1 ["a=b", "aiops.dev/release"] p3 p1 o1 Queued"#,
        "v1.20/too-large": #"invalid ["FieldValueTooLong []"]"#,
        "v1.20/unauthorized-401": "unauthorized []",
        "v1.20/update-conflict": "conflict []",
        "v1.20/watch":
            #"+default/w1 g1 [] p3 p1 o-1, ~default/w1 g1 ["x=y"] p3 p1 o-1, -default/w1 g1 ["x=y"] p3 p1 o-1"#,
        "v1.20/watch-metadata":
            "+default/w1 g1, ~default/w1 g1, -default/w1 g1, +default/w1 g1, ~default/w1 g1, -default/w1 "
            + "g1, +default/w1 g1, ~default/w1 g1, -default/w1 g1",
        "v1.20/watch-too-old": "!Expired",
        "v1.20/watchlist":
            #"invalid ["FieldValueForbidden resourceVersionMatch", "FieldValueForbidden "#
            + #"resourceVersionMatch"]"#,
        "v1.20/watchlist-bad":
            #"+default/l0 g1 [] p3 p0 o-1, +default/u1 g1 [] p3 a o-1, +default/u2 g1 [] p3 a o-1, "#
            + #"+default/l4 g1 [] p3 p0 o-1, +default/l5 g1 [] p3 p1 o-1, +default/l6 g1 [] p3 p0 o-1, "#
            + #"+default/bad g1 [] p3 a o-1, +default/l1 g1 [] p3 p1 o-1, +default/l2 g1 [] p3 p0 o-1, "#
            + #"+default/l3 g1 [] p3 p1 o-1, +default/w1 g1 [] p3 p1 o-1, ~default/w1 g1 ["x=y"] p3 p1 o-1, "#
            + #"-default/w1 g1 ["x=y"] p3 p1 o-1"#,
    ]

    /// Of a server of today.
    private static let new: [String: String] = [
        "v1.36/apply-conflict": #"conflict ["FieldManagerConflict .status.phase"]"#,
        "v1.36/apply-status": "default/t1 g1 [] p3 p1 o1 Queued",
        "v1.36/crd-create": "CustomResourceDefinition aiopstasks.aiops.dev",
        "v1.36/create": "default/t1 g1 [] p3 p1 o-1",
        "v1.36/create-cel-422": #"invalid ["FieldValueInvalid spec"]"#,
        "v1.36/create-exists": "alreadyExists []",
        "v1.36/create-schema-422": #"invalid ["FieldValueInvalid spec.priority"]"#,
        "v1.36/create-unknown-field-strict": "badRequest []",
        "v1.36/create-unknown-field-warn": #"default/u2 g1 [] p3 a o-1 ["unknown field \"spec.wrong\""]"#,
        "v1.36/delete-precondition": "conflict []",
        "v1.36/delete-with-finalizer": #"pending default/t1 g2 deleted ["aiops.dev/release"]"#,
        "v1.36/discovery-aggregated":
            "controllerrevisions daemonsets daemonsets/status deployments deployments/scale "
            + "deployments/status replicasets replicasets/scale replicasets/status statefulsets "
            + "statefulsets/scale statefulsets/status",
        "v1.36/discovery-group": "aiopstasks AIOpsTask true 8, aiopstasks/status AIOpsTask true 3",
        "v1.36/get": "default/t1 g1 [] p3 p1 o-1",
        "v1.36/get-404": "notFound []",
        "v1.36/json-patch-finalizer": #"default/t1 g1 ["aiops.dev/release"] p3 p1 o1 Queued"#,
        "v1.36/json-patch-remove-finalizer": #"default/t1 g2 ["a=b", "deleted"] p3 p1 o1 Queued"#,
        "v1.36/json-patch-test-fails": "invalid rejected []",
        "v1.36/lease-create": "default/l a 2026-01-01T00:00:00Z",
        "v1.36/list-bad-continue": "badRequest []",
        "v1.36/list-compacted": "",
        "v1.36/list-continue-expired": "default/l2 g1 [] p3 p0 o-1, default/l3 g1 [] p3 p1 o-1",
        "v1.36/list-exact-old": "",
        "v1.36/list-field-selector":
            "default/l1 g1 [] p3 p1 o-1, default/l3 g1 [] p3 p1 o-1, default/l5 g1 [] p3 p1 o-1",
        "v1.36/list-future-rv": #"serverTimeout after 1 s future ["ResourceVersionTooLarge "]"#,
        "v1.36/list-metadata": "default/l0 g1, default/l1 g1",
        "v1.36/list-page-1": "default/l0 g1 [] p3 p0 o-1, default/l1 g1 [] p3 p1 o-1, default/l2 g1 [] p3 p0 o-1",
        "v1.36/list-page-2": "default/l3 g1 [] p3 p1 o-1, default/l4 g1 [] p3 p0 o-1, default/l5 g1 [] p3 p1 o-1",
        "v1.36/merge-patch": #"default/t1 g1 ["a=b", "aiops.dev/release"] p3 p1 o1 Queued"#,
        "v1.36/too-large": #"invalid ["FieldValueTooLong []"]"#,
        "v1.36/unauthorized-401": "unauthorized []",
        "v1.36/update-conflict": "conflict []",
        "v1.36/watch":
            #"+default/w1 g1 [] p3 p1 o-1, ~default/w1 g1 ["x=y"] p3 p1 o-1, -default/w1 g1 ["x=y"] p3 p1 o-1"#,
        "v1.36/watch-compacted": "tooManyRequests after 1 s []",
        "v1.36/watch-metadata":
            "+default/w1 g1, ~default/w1 g1, -default/w1 g1, +default/w1 g1, ~default/w1 g1, -default/w1 "
            + "g1, +default/w1 g1, ~default/w1 g1, -default/w1 g1",
        "v1.36/watch-too-old": "!Expired",
        "v1.36/watchlist":
            #"+default/l0 g1 [] p3 p0 o-1, +default/l1 g1 [] p3 p1 o-1, +default/l2 g1 [] p3 p0 o-1, "#
            + #"+default/l3 g1 [] p3 p1 o-1, +default/l4 g1 [] p3 p0 o-1, +default/l5 g1 [] p3 p1 o-1, "#
            + #"+default/l6 g1 [] p3 p0 o-1, +default/u2 g1 [] p3 a o-1, synced, +default/w1 g1 [] p3 p1 o-1, "#
            + #"~default/w1 g1 ["x=y"] p3 p1 o-1, -default/w1 g1 ["x=y"] p3 p1 o-1"#,
        "v1.36/watchlist-bad": #"invalid ["FieldValueForbidden resourceVersionMatch"]"#,
    ]
}
