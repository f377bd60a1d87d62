import HTTP
import HTTPTesting
import KubernetesClient
import KubernetesModel
import Testing

@Suite(.timeLimit(.minutes(1))) struct WatchStreamTests {
    let rig = ClientRig()

    @Test func theRequestIsWhatTheServerNeeds() async throws {
        let body = ScriptedBody()
        rig.transport.expect("GET", ClientRig.widgets + "*", stream: body)
        body.finish()
        let stream = try await rig.client.watch(
            Widget.self, namespace: "default", options: WatchOptions(resourceVersion: "17", labelSelector: "a in (b,c)")
        )
        for try await _ in stream {}
        let request = try #require(rig.transport.requests.first)
        #expect(
            request.url.hasPrefix(
                "https://api:6443\(ClientRig.widgets)?watch=1&allowWatchBookmarks=true"
                    + "&labelSelector=a%20in%20%28b%2Cc%29&resourceVersion=17&timeoutSeconds="))
        let seconds = try #require(request.url.split(separator: "=").last.flatMap { Int($0) })
        #expect((300...600).contains(seconds))
        #expect(request.pool == .watch)
        #expect(request.idleTimeout == .seconds(seconds + 5))
        #expect(request.totalTimeout == nil)
    }

    @Test func aBrokenConnectionIsATypedErrorAfterTheEventsBeforeIt() async throws {
        let body = ScriptedBody()
        rig.transport.expect("GET", ClientRig.widgets + "*", stream: body)
        body.send("{\"type\":\"ADDED\",\"object\":\(ClientRig.widget().filter { !$0.isNewline })}\n{\"type\":\"MOD")
        body.finish(.reset(bytesSeen: true, "cut"))
        let stream = try await rig.client.watch(Widget.self, namespace: "default")
        var iterator = stream.makeAsyncIterator()
        guard case .added = try await iterator.next() else { return #expect(Bool(false)) }
        do {
            _ = try await iterator.next()
            Issue.record("no error")
        } catch {
            #expect(error.isRetryable)
            #expect(error.operation.verb == "watch")
        }
    }

    @Test func theFirstAnswerMayBeARefusal() async throws {
        rig.transport.expect(
            "GET", ClientRig.widgets + "*", status: 429,
            body: String(decoding: Array(try Transcript("v1.36/watch-compacted").frames[0].utf8), as: UTF8.self))
        let error = await #expect(throws: KubernetesError.self) {
            try await rig.client.watch(Widget.self, namespace: "default")
        }
        #expect(error?.retryAfter == .seconds(1))
        // The pace of a watch is its consumer's.
        #expect(rig.transport.requests.count == 1)
    }

    @Test func droppingTheStreamTakesItOffTheWire() async throws {
        let body = ScriptedBody()
        rig.transport.expect("GET", ClientRig.widgets + "*", stream: body)
        do {
            _ = try await rig.client.watch(Widget.self, namespace: "default")
        }
        await body.waitUntilAbandoned()
        #expect(body.isAbandoned)
    }
}
