import HTTP
import HTTPTesting
import KubernetesClient
import Testing

@Suite struct PortForwardTests {
    let rig = ClientRig()

    private func forward(
        _ messages: [[UInt8]], _ body: @Sendable (PortForward) async throws -> Void
    ) async throws -> ScriptedWebSocket {
        let socket = ScriptedWebSocket(subprotocol: "v4.channel.k8s.io")
        for message in messages { socket.deliver(.binary(message)) }
        socket.finish()
        rig.transport.onWebSocket { _ throws(HTTPError) in socket }
        try await rig.client.portForward(rig.key, port: 8080, body)
        #expect(socket.isClosed)
        return socket
    }

    private static let greetings: [[UInt8]] = [[0, 0x90, 0x1F], [1, 0x90, 0x1F]]

    @Test func bytesGoBothWaysBehindTheGreetings() async throws {
        let large = [UInt8](repeating: 3, count: 70_000)
        // Two bytes of data look like a greeting, but each channel has just one.
        let socket = try await forward(Self.greetings + [[0, 1, 2], [0], [5, 9], [0, 3]]) { connection in
            var received: [[UInt8]] = []
            while let bytes = try await connection.receive() { received.append(bytes) }
            #expect(received == [[1, 2], [3]])
            try await connection.send(large)
        }
        #expect(socket.sent.map(\.count) == [32_769, 32_769, 4_465])
        #expect(socket.sent.flatMap { $0.dropFirst() } == large)
        let request = try #require(rig.transport.webSocketRequests.first)
        #expect(request.url == "https://api:6443/api/v1/namespaces/default/pods/a/portforward?ports=8080")
        #expect(request.subprotocols == ["v4.channel.k8s.io"])
    }

    @Test func whatTheNodeComplainsOfIsSaid() async throws {
        _ = try await forward(Self.greetings + [[1] + Array("connection refused".utf8)]) { connection in
            let error = await #expect(throws: KubernetesError.self) { try await connection.receive() }
            #expect(error?.message == "connection refused")
            #expect(error?.isRetryable == true)
        }
    }

    @Test func theConnectionIsClosedWhenTheBodyFails() async throws {
        struct Mine: Error {}
        let socket = ScriptedWebSocket(subprotocol: "v4.channel.k8s.io")
        rig.transport.onWebSocket { _ throws(HTTPError) in socket }
        await #expect(throws: Mine.self) {
            try await rig.client.portForward(rig.key, port: 1) { _ in throw Mine() }
        }
        #expect(socket.isClosed)
    }
}
