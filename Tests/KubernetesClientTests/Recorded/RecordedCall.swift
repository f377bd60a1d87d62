import HTTP
import JSON
import KubernetesClient
import KubernetesModel
import Primitives

/// The call of ours that is to make a recorded request, and what it then understood.
struct RecordedCall: Sendable {
    typealias Perform = @Sendable (KubernetesClient, Transcript) async throws -> String

    /// Answers to requests that must come before the recorded one.
    var prelude: [@Sendable (Transcript) -> HTTPResponse] = []
    var perform: Perform

    private static let task = ObjectKey(namespace: "default", name: "t1")
    private static let unmanaged = WriteOptions(fieldManager: "")
    private static let type = RecordedTask.resourceType

    static let all: [String: RecordedCall] = [
        "apply-conflict": RecordedCall {
            try await patched($0, $1, force: false, manager: "other")
        },
        "apply-status": RecordedCall {
            try await patched($0, $1, force: true, manager: "aiops-operator")
        },
        "crd-create": RecordedCall { client, recorded in
            let made = try await client.createDynamic(
                .customResourceDefinitions, DynamicObject(try JSONValue(parsing: recorded.requestBody)),
                options: unmanaged)
            return "\(made.kind) \(made.key)"
        },
        "create": RecordedCall { client, _ in "\(try await client.create(task("t1"), options: unmanaged))" },
        "create-cel-422": RecordedCall { client, _ in
            let spec: JSONValue = ["problem": ["id": "a"], "query": ["message": "b"]]
            return "\(try await client.create(RecordedTask("bad", spec: spec), options: unmanaged))"
        },
        "create-exists": RecordedCall { client, _ in "\(try await client.create(task("t1"), options: unmanaged))" },
        "create-schema-422": RecordedCall { client, _ in
            let spec: JSONValue = ["problem": ["id": "a"], "priority": 9]
            return "\(try await client.create(RecordedTask("bad2", spec: spec), options: unmanaged))"
        },
        "create-unknown-field-strict": RecordedCall { client, _ in try await unknownField(client, "u1", .strict) },
        "create-unknown-field-warn": RecordedCall { client, _ in try await unknownField(client, "u2", .warn) },
        "delete-precondition": RecordedCall { client, _ in
            let uid = "00000000-0000-0000-0000-000000000000"
            return try await deleted(client, DeleteOptions(uid: uid, propagation: nil))
        },
        "delete-with-finalizer": RecordedCall { client, _ in try await deleted(client, DeleteOptions()) },
        "discovery-aggregated": RecordedCall { client, _ in
            let resources = try await client.resources(apiVersion: "apps/v1")
            return resources.map(\.name).joined(separator: " ")
        },
        "discovery-group": RecordedCall(prelude: [{ _ in HTTPResponse(status: 404, bytes: []) }]) { client, _ in
            let resources = try await client.resources(apiVersion: "aiops.dev/v1alpha1")
            return resources.map { "\($0.name) \($0.kind) \($0.isNamespaced) \($0.verbs.count)" }.joined(
                separator: ", ")
        },
        "get": RecordedCall { client, _ in "\(try await client.get(RecordedTask.self, task))" },
        "get-404": RecordedCall { client, _ in
            "\(try await client.get(RecordedTask.self, ObjectKey(namespace: "default", name: "none")))"
        },
        "json-patch-finalizer": RecordedCall { client, _ in
            try await patched(
                client,
                [
                    .test(path: "/metadata/name", "t1"),
                    .add(path: "/metadata/finalizers", ["aiops.dev/release"]),
                ])
        },
        "json-patch-remove-finalizer": RecordedCall { client, _ in
            try await patched(
                client,
                [
                    .test(path: "/metadata/finalizers/0", "aiops.dev/release"),
                    .remove(path: "/metadata/finalizers/0"),
                ])
        },
        "json-patch-test-fails": RecordedCall { client, _ in
            try await patched(
                client,
                [
                    .test(path: "/metadata/resourceVersion", "1"),
                    .add(path: "/metadata/finalizers", ["aiops.dev/release"]),
                ])
        },
        "lease-create": RecordedCall { client, _ in
            let lease = try await client.create(
                Lease(
                    metadata: ObjectMeta(name: "l", namespace: "default"),
                    spec: LeaseSpec(
                        holderIdentity: "a", leaseDurationSeconds: 15, renewTime: .init(seconds: 1_767_225_600))),
                options: unmanaged)
            return "\(lease.key) \(lease.spec.holderIdentity ?? "-") \(lease.spec.renewTime?.rfc3339 ?? "-")"
        },
        "list-bad-continue": RecordedCall(prelude: [page(continuing: "abc")]) { client, _ in
            try await listed(client, ListOptions(pageSize: 3))
        },
        "list-compacted": RecordedCall { client, _ in
            try await listed(client, ListOptions(resourceVersion: "2", versionMatch: .exact, pageSize: 0))
        },
        "list-continue-expired": RecordedCall(prelude: [page(continuing: "...")]) { client, _ in
            try await listed(client, ListOptions(pageSize: 2))
        },
        "list-exact-old": RecordedCall { client, _ in
            try await listed(client, ListOptions(resourceVersion: "1", versionMatch: .exact, pageSize: 5))
        },
        "list-field-selector": RecordedCall { client, _ in
            try await listed(client, ListOptions(fieldSelector: "spec.problem.id=p1", pageSize: 10))
        },
        "list-future-rv": RecordedCall { client, recorded in
            try await listed(
                client,
                ListOptions(
                    resourceVersion: parameter("resourceVersion", of: recorded), versionMatch: .notOlderThan))
        },
        "list-metadata": RecordedCall { client, _ in
            let list = try await client.listMetadata(
                type, namespace: "default", options: ListOptions(pageSize: 2))
            return list.items.map(\.summary).joined(separator: ", ")
        },
        "list-page-1": RecordedCall { client, _ in try await listed(client, ListOptions(pageSize: 3)) },
        "list-page-2": RecordedCall(
            prelude: [{ HTTPResponse(status: 200, bytes: emptyPage(parameter("continue", of: $0))) }]
        ) { client, _ in try await listed(client, ListOptions(pageSize: 3)) },
        "merge-patch": RecordedCall { client, _ in
            let patch = Patch.merge(["metadata": ["labels": ["a": "b"]]])
            return "\(try await client.patch(RecordedTask.self, task, patch, options: unmanaged))"
        },
        "too-large": RecordedCall { client, _ in
            let map = ConfigMap(
                metadata: ObjectMeta(name: "big", namespace: "default"), data: ["a": "x repeated 1100000 times"])
            return "\(try await client.create(map, options: unmanaged))"
        },
        "unauthorized-401": RecordedCall { client, _ in try await listed(client, ListOptions(pageSize: 0)) },
        "update-conflict": RecordedCall { client, recorded in
            let object = try RecordedTask(json: recorded.requestBody)
            return "\(try await client.update(object, options: unmanaged))"
        },
        "watch": RecordedCall { try await watched($0, $1, WatchOptions()) },
        "watch-compacted": RecordedCall { try await watched($0, $1, WatchOptions()) },
        "watch-metadata": RecordedCall { client, recorded in
            let stream = try await client.watchMetadata(
                type, namespace: "default", options: options(WatchOptions(allowsBookmarks: false), recorded))
            return try await told(stream) { $0.summary }
        },
        "watch-too-old": RecordedCall { try await watched($0, $1, WatchOptions()) },
        // We say how fresh the initial events must be, which is the recorded mistake; this server is asked as it was.
        "watchlist-bad": RecordedCall { client, recorded in
            try await watched(client, recorded, WatchOptions(sendInitialEvents: true))
        },
        "watchlist": RecordedCall { try await watched($0, $1, WatchOptions(sendInitialEvents: true)) },
    ]

    private static func task(_ name: String) -> RecordedTask { RecordedTask(name, spec: ["problem": ["id": "p1"]]) }

    static func parameter(_ name: String, of recorded: Transcript) -> String {
        let query = recorded.path.split(separator: "?").dropFirst().first ?? ""
        let pair = query.split(separator: "&").first { $0.hasPrefix("\(name)=") }
        return pair.map { String($0.dropFirst(name.count + 1)) } ?? ""
    }

    static func emptyPage(_ token: String) -> [UInt8] {
        Array(#"{"metadata":{"resourceVersion":"7","continue":"\#(token)"},"items":[]}"#.utf8)
    }

    private static func page(continuing token: String) -> @Sendable (Transcript) -> HTTPResponse {
        { _ in HTTPResponse(status: 200, bytes: emptyPage(token)) }
    }

    private static func patched(
        _ client: KubernetesClient, _ recorded: Transcript, force: Bool, manager: String
    ) async throws -> String {
        let patch = Patch.apply(try JSONValue(parsing: recorded.requestBody), force: force)
        let task = try await client.patch(
            RecordedTask.self, task, patch, subresource: "status", options: WriteOptions(fieldManager: manager))
        return "\(task)"
    }

    private static func patched(
        _ client: KubernetesClient, _ operations: [JSONPatchOperation]
    ) async throws -> String {
        "\(try await client.patch(RecordedTask.self, task, .json(operations), options: unmanaged))"
    }

    private static func unknownField(
        _ client: KubernetesClient, _ name: String, _ validation: WriteOptions.FieldValidation
    ) async throws -> String {
        let warnings = Warnings()
        let made = try await client.reportingWarnings(to: warnings.add).create(
            RecordedTask(name, spec: ["problem": ["id": "a"], "wrong": 1]),
            options: WriteOptions(fieldManager: "", fieldValidation: validation))
        return "\(made) \(warnings.all.map(\.text))"
    }

    private static func deleted(_ client: KubernetesClient, _ options: DeleteOptions) async throws -> String {
        switch try await client.requestDeletion(type, task, options) {
        case .done: "done"
        case .pending(let left): "pending \(left.summary) \(left.metadata.finalizers)"
        }
    }

    private static func listed(_ client: KubernetesClient, _ options: ListOptions) async throws -> String {
        let list = try await client.list(RecordedTask.self, namespace: "default", options: options)
        return list.items.map(\.description).joined(separator: ", ")
    }

    private static func options(_ options: WatchOptions, _ recorded: Transcript) -> WatchOptions {
        var options = options
        options.resourceVersion = parameter("resourceVersion", of: recorded)
        options.timeoutSeconds = Int(parameter("timeoutSeconds", of: recorded))
        return options
    }

    private static func watched(
        _ client: KubernetesClient, _ recorded: Transcript, _ options: WatchOptions
    ) async throws -> String {
        let stream = try await client.watch(
            RecordedTask.self, namespace: "default", options: Self.options(options, recorded))
        return try await told(stream) { $0.description }
    }

    private static func told<Object>(
        _ stream: WatchStream<Object>, _ describe: (Object) -> String
    ) async throws -> String {
        var events: [String] = []
        for try await event in stream {
            switch event {
            case .added(let object): events.append("+\(describe(object))")
            case .modified(let object): events.append("~\(describe(object))")
            case .deleted(let object): events.append("-\(describe(object))")
            case .bookmark(_, let ends): events.append(ends ? "synced" : "mark")
            case .error(let status): events.append("!\(status.reason)")
            }
        }
        return events.joined(separator: ", ")
    }
}
