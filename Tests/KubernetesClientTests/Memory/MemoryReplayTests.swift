import HTTP
import JSON
import KubernetesModel
import KubernetesTesting
import LifecycleTesting
import Primitives
import Testing

/// Plays every recorded exchange with a real server of either age to the in-memory one, in the order in which they were
/// recorded, and compares the answers whole: code, headers that matter, body, the frames of watches.
///
/// Only what differs from run to run is left out: times, versions, uids and continue tokens; and of 1.20 which fields of
/// the status the writers of the rest own, which later servers keep apart.
@Suite struct MemoryReplayTests {
    /// In the order of the recording.
    ///
    /// `make` stands for what the recorder did without keeping it.
    private static let order = [
        "crd-create", "create", "get", "create-exists", "create-cel-422", "create-schema-422",
        "create-unknown-field-strict", "create-unknown-field-warn", "get-404", "apply-status", "json-patch-test-fails",
        "json-patch-finalizer", "merge-patch", "apply-conflict", "update-conflict", "delete-precondition",
        "delete-with-finalizer", "json-patch-remove-finalizer", "make", "list-page-1", "list-page-2", "list-metadata",
        "list-field-selector", "list-exact-old", "list-compacted", "list-bad-continue", "list-future-rv",
        "lease-create", "watch", "watch-metadata", "watchlist", "watchlist-bad", "too-large", "discovery-group",
        "watch-too-old", "watch-compacted", "unauthorized-401",
    ]
    /// Recorded of the newer server alone.
    private static let newerOnly: Set<String> = ["list-compacted", "watch-compacted"]
    private static let tasks = ResourceType(
        group: "aiops.dev", version: "v1alpha1", kind: "AIOpsTask", plural: "aiopstasks")

    @Test(arguments: ServerProfile.allCases)
    func everyRecordedExchangeGoesTheSameWay(_ profile: ServerProfile) async throws {
        let time = ManualTimeSource()
        let server = InMemoryAPIServer(profile: profile, time: time)
        server.keepManagedFields()
        var play = Play(server: server, profile: profile)
        for name in Self.order where !(profile == .v1_20 && Self.newerOnly.contains(name)) {
            if name == "make" { try await play.makeTasks() } else { try await play.perform(name) }
        }
        #expect(play.differences == [])
        #expect(play.count >= 30)
    }

    /// A server and what was said to it so far.
    private struct Play {
        let server: InMemoryAPIServer
        let profile: ServerProfile
        var differences: [String] = []
        var count = 0
        private var token = ""

        init(server: InMemoryAPIServer, profile: ServerProfile) {
            self.server = server
            self.profile = profile
        }

        mutating func makeTasks() async throws {
            let path = tasks.path(namespace: "default")
            for number in 0..<7 {
                let task: JSONValue = [
                    "apiVersion": "aiops.dev/v1alpha1", "kind": "AIOpsTask",
                    "metadata": ["name": .string("l\(number)")],
                    "spec": ["problem": ["id": .string("p\(number % 2)")]],
                ]
                _ = try await send("POST", path, task.serialized())
            }
        }

        mutating func perform(_ name: String) async throws {
            let recorded = try Transcript("\(profile.rawValue)/\(name)")
            count += 1
            switch name {
            case "watch-too-old": server.compact()
            case "list-exact-old" where profile == .v1_20: server.compact()
            case "watch-compacted": server.initialize(true)
            case "unauthorized-401": server.requireToken("right")
            default: break
            }
            var path = recorded.path
            if path.contains("resourceVersion="), path.contains("watch=1"), !path.contains("resourceVersion=1&"),
                !path.contains("resourceVersion=2&"), !path.contains("resourceVersion=&")
            {
                path = path.replacing(/resourceVersion=\d+/, with: "resourceVersion=\(server.resourceVersion)")
            }
            if name == "list-page-2" { path = path.replacing(/continue=.*/, with: "continue=\(token)") }
            var body = recorded.requestBody
            if name == "too-large" {
                body = Array(
                    String(decoding: body, as: UTF8.self)
                        .replacing("x repeated 1100000 times", with: String(repeating: "x", count: 1_100_000)).utf8)
            }
            if name == "update-conflict" {
                // It named the uid of the object that was there.
                let there = server.object(tasks, ObjectKey(namespace: "default", name: "t1"))
                var value = try JSONValue(parsing: body)
                value["metadata", "uid"] = there?["metadata", "uid"]
                body = value.serialized()
            }
            let response = try await send(
                recorded.method, path, body, recorded.contentType,
                name == "watch-metadata"
                    ? "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1" : recorded.accept)
            if response.status != recorded.status {
                differences.append("\(name): code \(response.status), recorded \(recorded.status)")
            }
            if response.headers.first("Warning") != recorded.headers["warning"] {
                differences.append("\(name): warning \(response.headers.first("Warning") ?? "none")")
            }
            // A CRD's own defaults and status are not what the operator relies on.
            if name == "crd-create" { return }
            if recorded.frames.isEmpty {
                let bytes = try await response.body.collect()
                let ours = try JSONValue(parsing: bytes)
                if name == "list-page-1" { token = ours["metadata"]?["continue"]?.stringValue ?? "" }
                compare(name, ours, try JSONValue(parsing: recorded.body))
            } else if recorded.status != 200 {
                compare(
                    name, try JSONValue(parsing: try await response.body.collect()),
                    try JSONValue(parsing: Array(recorded.frames[0].utf8)))
            } else {
                try await compareFrames(name, response, recorded)
            }
        }

        /// While the watch was open, the recorder made, changed and deleted an object.
        private mutating func compareFrames(_ name: String, _ response: HTTPResponse, _ recorded: Transcript)
            async throws
        {
            if name != "watch-too-old" {
                let path = tasks.path(namespace: "default")
                let made: JSONValue = [
                    "apiVersion": "aiops.dev/v1alpha1", "kind": "AIOpsTask", "metadata": ["name": "w1"],
                    "spec": ["problem": ["id": "p1"]],
                ]
                _ = try await send("POST", path, made.serialized())
                _ = try await send(
                    "PATCH", path + "/w1", Array(#"{"metadata":{"labels":{"x":"y"}}}"#.utf8),
                    "application/merge-patch+json")
                _ = try await send("DELETE", path + "/w1", [])
                server.endWatches()
            }
            let lines = String(decoding: try await response.body.collect(), as: UTF8.self)
                .split(separator: "\n").map(String.init)
            var ours = try lines.map { try JSONValue(parsing: Array($0.utf8)) }
            var theirs = try recorded.frames.map { try JSONValue(parsing: Array($0.utf8)) }
            // The recorder went on listening to what later recordings did, and initial events come in no order.
            theirs = Array(theirs.prefix(ours.count))
            let initial = ours.firstIndex { $0["type"] == "BOOKMARK" } ?? (name == "watchlist-bad" ? ours.count - 3 : 0)
            func byName(_ frames: [JSONValue]) -> [JSONValue] {
                frames.prefix(initial).sorted { Self.name($0) < Self.name($1) } + frames.dropFirst(initial)
            }
            (ours, theirs) = (byName(ours), byName(theirs))
            compare(name, .array(ours), .array(theirs))
        }

        private static func name(_ frame: JSONValue) -> String {
            frame["object"]?["metadata"]?["name"]?.stringValue ?? ""
        }

        private func send(
            _ method: String, _ path: String, _ body: [UInt8], _ contentType: String = "application/json",
            _ accept: String = "application/json"
        ) async throws -> HTTPResponse {
            try await server.send(
                HTTPRequest(
                    method: method, url: "https://memory" + path,
                    headers: ["Content-Type": contentType, "Accept": accept], body: body))
        }

        private mutating func compare(_ name: String, _ ours: JSONValue, _ theirs: JSONValue) {
            let (mine, its) = (normal(ours), normal(theirs))
            if mine != its { differences.append("\(name):\n  ours     \(mine.text)\n  recorded \(its.text)") }
        }

        /// Without what differs from run to run.
        private func normal(_ value: JSONValue) -> JSONValue {
            switch value {
            case .array(let items): return .array(items.map(normal))
            case .string(let text):
                return .string(
                    text.replacing(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/, with: "<uid>")
                        .replacing(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/, with: "<time>")
                        .replacing(/current: \d+/, with: "current: <version>")
                        .replacing(/version: 1 \(\d+\)/, with: "version: 1 (<version>)"))
            case .object(let members):
                var result = JSONObject()
                for (key, member) in members {
                    switch key {
                    case "resourceVersion", "uid", "storageVersionHash": continue
                    case "continue" where member != "": result[key] = "<token>"
                    // A map of the server's decides on their order.
                    case "causes":
                        result[key] = .array((member.arrayValue ?? []).map(normal).sorted { $0.text < $1.text })
                    case "managedFields" where profile == .v1_20: result[key] = owners(member)
                    default: result[key] = normal(member)
                    }
                }
                return .object(result)
            default: return value
            }
        }

        private func owners(_ entries: JSONValue) -> JSONValue {
            .array(
                (entries.arrayValue ?? []).map { ["manager": $0["manager"] ?? "", "operation": $0["operation"] ?? ""] })
        }
    }
}
