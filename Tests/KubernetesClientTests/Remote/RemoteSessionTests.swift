import HTTP
import HTTPTesting
import JSON
import KubernetesClient
import KubernetesModel
import Testing

@Suite struct RemoteSessionTests {
    let rig = ClientRig(credential: .token("t"))

    /// Opens a session whose other end says `messages` and then closes.
    private func session(
        subprotocol: String = "v5.channel.k8s.io", _ messages: [[UInt8]] = [],
        options: RemoteOptions = RemoteOptions(stdin: true), attach: Bool = false,
        _ body: @Sendable (RemoteSession) async throws -> Void
    ) async throws -> ScriptedWebSocket {
        let socket = ScriptedWebSocket(subprotocol: subprotocol)
        for message in messages { socket.deliver(.binary(message)) }
        socket.finish()
        rig.transport.onWebSocket { _ throws(HTTPError) in socket }
        if attach {
            try await rig.client.attach(rig.key, options, body)
        } else {
            try await rig.client.exec(rig.key, command: ["sh", "-c", "a b"], options, body)
        }
        #expect(socket.isClosed)
        return socket
    }

    private static func status(_ text: String) -> [UInt8] { [3] + Array(text.utf8) }

    private static let success = status(#"{"status":"Success"}"#)

    private static func events(_ session: RemoteSession) async throws -> [RemoteEvent] {
        var events: [RemoteEvent] = []
        while let event = try await session.next() {
            events.append(event)
            if case .ended = event { break }
        }
        return events
    }

    @Test(arguments: [
        (RemoteOptions(), false, "exec?stdout=true&stderr=true&command=sh&command=-c&command=a%20b"),
        (
            RemoteOptions(container: "c", stdin: true, tty: true), false,
            "exec?container=c&stdin=true&stdout=true&tty=true&command=sh&command=-c&command=a%20b"
        ),
        (RemoteOptions(container: "c", stdin: true, stderr: false), true, "attach?container=c&stdin=true&stdout=true"),
    ])
    func theRequestNamesItsStreams(_ options: RemoteOptions, _ attach: Bool, _ target: String) async throws {
        _ = try await session(options: options, attach: attach) { _ in }
        let request = try #require(rig.transport.webSocketRequests.first)
        #expect(request.url == "https://api:6443/api/v1/namespaces/default/pods/a/\(target)")
        #expect(request.subprotocols == ["v5.channel.k8s.io", "v4.channel.k8s.io"])
        #expect(request.headers.first("Authorization") == "Bearer t")
    }

    /// Greetings, unknown channels, text and what follows the end change nothing.
    @Test func whatComesIsToldApart() async throws {
        let messages: [[UInt8]] = [
            [1], [2], [], [9, 1], [255, 1], [1, 65], [2, 66, 67], Self.success, [1, 68],
        ]
        _ = try await session(messages) { session in
            let seen = try await Self.events(session)
            #expect(seen == [.stdout([65]), .stderr([66, 67]), .ended(.exited(0))])
        }
    }

    @Test(arguments: [
        (
            #"{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"7"}]}}"#,
            RemoteExit.exited(7)
        ),
        (#"{"status":"Failure","message":"no such container"}"#, .failed("no such container")),
        (#"{"status":"Failure","reason":"NonZeroExitCode"}"#, .failed("NonZeroExitCode")),
        ("garbage", .failed("unreadable exec status: expected an object at byte 0")),
    ])
    func theEndIsUnderstood(_ status: String, _ exit: RemoteExit) async throws {
        _ = try await session([Self.status(status)]) { session in
            let seen = try await Self.events(session)
            #expect(seen == [.ended(exit)])
        }
    }

    @Test func aConnectionThatClosesEarlyHasNoEnd() async throws {
        _ = try await session([[1, 65]]) { session in
            let seen = try await Self.events(session)
            #expect(seen == [.stdout([65])])
        }
    }

    @Test func inputSizeAndEndAreSent() async throws {
        let input = [UInt8](repeating: 7, count: 40_000)
        let socket = try await session { session in
            #expect(session.canEndInput)
            try await session.send(input)
            try await session.resize(columns: 80, rows: 24)
            try await session.endInput()
        }
        #expect(socket.sent.count == 4)
        #expect(socket.sent[0].first == 0 && socket.sent[1].first == 0)
        #expect(socket.sent[0].dropFirst() + socket.sent[1].dropFirst() == input[...])
        #expect(socket.sent[2] == [4] + Array(#"{"Width":80,"Height":24}"#.utf8))
        #expect(socket.sent[3] == [255, 0])
    }

    @Test func theOldProtocolCannotEndTheInput() async throws {
        let socket = try await session(subprotocol: "v4.channel.k8s.io") { session in
            #expect(!session.canEndInput)
            let error = await #expect(throws: KubernetesError.self) { try await session.endInput() }
            #expect(error?.isRetryable == false)
        }
        #expect(socket.sent.isEmpty)
    }

    @Test func aRefusalIsTyped() async throws {
        rig.transport.onWebSocket { _ throws(HTTPError) in
            throw .webSocketRefused(status: 404, body: Array(ClientRig.status(404, "NotFound").utf8))
        }
        let error = await #expect(throws: KubernetesError.self) {
            try await rig.client.attach(rig.key, RemoteOptions()) { _ in }
        }
        #expect(error?.isNotFound == true)
        #expect(error?.description == "attach pods/attach default/a: m")
    }
}
