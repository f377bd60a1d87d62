import AIOpsAPI
import HTTP
import JSON
import KubernetesModel
import Primitives

/// An API server that makes up a kind with any number of objects while they are read, so that what a measurement sees is
/// the client's memory and not the server's.
final class SyntheticServer: HTTPTransport {
    private let count: Int
    private let template: ObjectTemplate
    private let live: Locked<BodyQueue?> = Locked(nil)
    private let version: Locked<Int>

    init(count: Int) {
        self.count = count
        template = ObjectTemplate()
        version = Locked(count + 1_000)
    }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        guard request.url.contains("watch=1") else { throw .connect("only streaming lists are served here") }
        let queue = BodyQueue(limit: 16 << 20, whenFull: .pause) { _ in }
        live.withLock { $0 = queue }
        let initial = request.url.contains("sendInitialEvents=true") ? count : 0
        return HTTPResponse(
            status: 200, headers: ["Content-Type": "application/json"],
            body: HTTPBody(SyntheticBody(count: initial, template: template, then: queue)))
    }

    func connectWebSocket(_ request: WebSocketRequest) async throws(HTTPError) -> any WebSocketConnection {
        throw .connect("no exec here")
    }

    /// Sends one change of an object to the open watch; returns false when none is open.
    func change(_ number: Int) -> Bool {
        let next = version.withLock { version in
            version += 1
            return version
        }
        guard let queue = live.withLock({ $0 }) else { return false }
        return queue.offer(template.event("MODIFIED", number, version: next)) == .accepted
    }

    /// Ends the open watch as a server does whose history is gone, so that everything is listed again.
    func expire() {
        let error = #"{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"gone"}}"#
        _ = live.withLock { $0 }?.offer(Array((error + "\n").utf8))
    }
}

/// The initial events made up as they are asked for, then whatever comes.
final class SyntheticBody: HTTPBodySource {
    private let count: Int
    private let template: ObjectTemplate
    private let rest: BodyQueue
    private let next: Locked<Int> = Locked(0)

    init(count: Int, template: ObjectTemplate, then rest: BodyQueue) {
        self.count = count
        self.template = template
        self.rest = rest
    }

    func next() async throws(HTTPError) -> [UInt8]? {
        let start = next.withLock { $0 }
        if start <= count {
            var piece: [UInt8] = []
            var number = start
            while number < count, piece.count < 32 << 10 {
                piece += template.event("ADDED", number, version: number + 1)
                number += 1
            }
            if number == count {
                piece += template.mark(version: count + 1)
                number += 1
            }
            let reached = number
            next.withLock { $0 = reached }
            return piece
        }
        return try await rest.next()
    }

    func abandon() { rest.abandon() }
}

/// A finished task as the operator leaves it, with the managed fields a real server adds, in pieces between which name,
/// uid and version go.
struct ObjectTemplate: Sendable {
    private let pieces: [[UInt8]]

    init() {
        var task = AIOpsTask(
            metadata: ObjectMeta(name: "@NAME@", namespace: "team-with-a-longer-name"), spec: AIOpsTask.Spec())
        task.metadata.uid = "@UID@"
        task.metadata.resourceVersion = "@VERSION@"
        task.metadata.generation = 1
        task.metadata.creationTimestamp = Timestamp(seconds: 1_790_000_000)
        task.metadata.finalizers = ["aiops.dev/environment"]
        task.metadata.labels = ["app.kubernetes.io/part-of": "benchmark", "suite": "nightly"]
        var text = String(decoding: task.jsonBytes(), as: UTF8.self)
        let status =
            #""status":{"phase":"Succeeded","observedGeneration":1,"attempt":1,"startedAt":"2026-11-20T10:00:00Z","completedAt":"2026-11-20T10:00:09Z","conditions":["#
            + [
                "Admitted", "EnvironmentReady", "ApplicationDeployed", "AgentCompleted", "Evaluated", "CleanedUp",
                "Succeeded",
            ].map {
                #"{"type":"\#($0)","status":"True","observedGeneration":1,"lastTransitionTime":"2026-11-20T10:00:09Z","reason":"Done","message":"as it should be for \#($0)"}"#
            }.joined(separator: ",") + "]}"
        let managed =
            #""managedFields":[{"manager":"kubectl","operation":"Update","apiVersion":"aiops.dev/v1alpha1","time":"2026-11-20T10:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:labels":{".":{},"f:suite":{}}},"f:spec":{".":{},"f:problem":{".":{},"f:id":{}},"f:agent":{".":{},"f:model":{".":{},"f:provider":{}}}}}},{"manager":"aiops-operator","operation":"Update","apiVersion":"aiops.dev/v1alpha1","time":"2026-11-20T10:00:09Z","fieldsType":"FieldsV1","fieldsV1":{"f:status":{".":{},"f:phase":{},"f:conditions":{}}},"subresource":"status"}],"#
        text = text.replacing(#""metadata":{"#, with: #""metadata":{"# + managed, maxReplacements: 1)
        let spec =
            #""spec":{"problem":{"id":"shop-lite-target-port-detection-1"},"agent":{"strategy":"React","model":{"provider":"Simulated"}},"limits":{"maxSteps":30,"timeoutSeconds":1800}}"#
        text = text.replacing(#""spec":{}"#, with: spec)
        text = String(text.dropLast()) + "," + status + "}"
        pieces = text.replacing("@NAME@", with: "@").replacing("@UID@", with: "@").replacing("@VERSION@", with: "@")
            .split(separator: "@", omittingEmptySubsequences: false).map { Array($0.utf8) }
    }

    /// Bytes of one object on the wire.
    var size: Int { event("ADDED", 0, version: 1).count }

    func event(_ type: String, _ number: Int, version: Int) -> [UInt8] {
        let digits = String(number)
        let uid = "0f0e1d2c-3b4a-5968-7786-" + String(repeating: "0", count: 12 - digits.count) + digits
        var bytes = Array(#"{"type":"\#(type)","object":"#.utf8)
        // Written in this order: name, namespace, uid, version.
        for (piece, value) in zip(pieces, ["task-of-the-night-\(digits)", uid, String(version), ""]) {
            bytes += piece
            bytes += value.utf8
        }
        bytes += "}\n".utf8
        return bytes
    }

    func mark(version: Int) -> [UInt8] {
        Array(
            (#"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"\#(version)","annotations":"#
                + #"{"k8s.io/initial-events-end":"true"}}}}"# + "\n").utf8)
    }
}
