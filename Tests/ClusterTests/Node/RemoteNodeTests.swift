import JSON
import KubernetesClient
import KubernetesModel
import Testing

/// Sessions with the containers of a real pod.
@Suite(.timeLimit(.minutes(5))) struct RemoteNodeTests {
    /// Answers each line it reads, on a terminal or not, and serves HTTP on port 8080.
    private static let script = """
        mkdir -p /tmp/www; echo served > /tmp/www/index.html; httpd -p 8080 -h /tmp/www; echo ready
        while read line; do echo "heard $line"; done
        """

    /// What comes until it contains `end`, or until the command ends.
    private static func read(_ session: RemoteSession, until end: String) async throws -> (String, RemoteExit?) {
        var bytes: [UInt8] = []
        while let event = try await session.next() {
            switch event {
            case .stdout(let data), .stderr(let data): bytes += data
            case .ended(let exit): return (String(decoding: bytes, as: UTF8.self), exit)
            }
            let text = String(decoding: bytes, as: UTF8.self)
            if text.contains(end) { return (text, nil) }
        }
        return (String(decoding: bytes, as: UTF8.self), nil)
    }

    @Test func sessionsWithAContainer() async throws {
        try await LiveCluster.node.with { client, namespace in
            let pod = try await TestPod.start(Self.script, stdin: true, client, in: namespace)
            try await Self.talkOnATerminal(client, pod)
            try await Self.attachAndFollow(client, pod)
            try await Self.forward(client, pod)
        }
    }

    private static func talkOnATerminal(_ client: KubernetesClient, _ pod: ObjectKey) async throws {
        let options = RemoteOptions(stdin: true, tty: true)
        try await client.exec(pod, command: ["sh"], options) { session in
            try await session.resize(columns: 133, rows: 7)
            // The size and the input go two ways in the kubelet, so the first answers may be of the size before.
            var sizes = ""
            for _ in 0..<100 where !sizes.contains("7 133") {
                // Not as it is typed, which the terminal shows as well.
                try await session.send(Array("stty size; echo t''old\n".utf8))
                sizes = try await read(session, until: "told").0
            }
            #expect(sizes.contains("7 133"))
            try await session.send(Array("exit 5\n".utf8))
            let (_, exit) = try await read(session, until: "\u{0}")
            #expect(exit == .exited(5))
        }
    }

    private static func attachAndFollow(_ client: KubernetesClient, _ pod: ObjectKey) async throws {
        let log = try await client.followLogs(pod, LogOptions(container: "main"))
        var lines = log.makeAsyncIterator()
        let first = try await lines.next()
        #expect(first == Array("ready".utf8))
        try await client.attach(pod, RemoteOptions(container: "main", stdin: true)) { session in
            try await session.send(Array("grüße\n".utf8))
            let (text, _) = try await read(session, until: "heard grüße\n")
            #expect(text.contains("heard grüße\n"))
        }
        let second = try await lines.next()
        #expect(second == Array("heard grüße".utf8))
    }

    private static func forward(_ client: KubernetesClient, _ pod: ObjectKey) async throws {
        try await client.portForward(pod, port: 8080) { connection in
            try await connection.send(Array("GET / HTTP/1.0\r\n\r\n".utf8))
            var answer: [UInt8] = []
            while !answer.contains("served".utf8), let bytes = try await connection.receive() { answer += bytes }
            #expect(String(decoding: answer, as: UTF8.self).hasPrefix("HTTP/1."))
        }
        await #expect(throws: KubernetesError.self) {
            try await client.portForward(pod, port: 9) { connection in
                try await connection.send([1])
                while try await connection.receive() != nil {}
            }
        }
    }
}
