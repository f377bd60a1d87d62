import HTTP
import HTTPTesting
import KubernetesClient
import KubernetesModel
import LifecycleTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct ExecSessionTests {
    let rig = ClientRig()

    @Test func theRequestNamesCommandAndProtocols() async throws {
        rig.transport.onWebSocket { _ throws(HTTPError) in
            let socket = ScriptedWebSocket(subprotocol: "v5.channel.k8s.io")
            socket.deliver(.binary([1] + Array("hello".utf8)))
            socket.deliver(.binary([3] + Array(#"{"status":"Success"}"#.utf8)))
            return socket
        }
        let result = try await rig.client.exec(
            rig.key, ExecRequest(container: "c", command: ["sh", "-c", "echo $X; ls"]))
        #expect(String(decoding: result.stdout, as: UTF8.self) == "hello")
        #expect(result.exitCode == 0)
        let request = try #require(rig.transport.webSocketRequests.first)
        #expect(
            request.url == "https://api:6443/api/v1/namespaces/default/pods/a/exec?container=c&command=sh&command=-c"
                + "&command=echo%20%24X%3B%20ls&stdout=true&stderr=true")
        #expect(request.subprotocols == ["v5.channel.k8s.io", "v4.channel.k8s.io"])
        #expect(rig.time.sleeperCount == 0)
    }

    @Test func inputFlowsWhileOutputComes() async throws {
        rig.transport.onWebSocket { _ throws(HTTPError) in
            // A `cat` that ends when its input does.
            ScriptedWebSocket(subprotocol: "v5.channel.k8s.io") { socket, message in
                if message == [255, 0] {
                    socket.deliver(.binary([3] + Array(#"{"status":"Success"}"#.utf8)))
                } else {
                    socket.deliver(.binary([1] + message.dropFirst()))
                }
            }
        }
        let input = [UInt8](repeating: 97, count: 100_000)
        let result = try await rig.client.exec(rig.key, ExecRequest(command: ["cat"], stdin: input))
        #expect(result.stdout == input)
        #expect(rig.transport.webSocketRequests[0].url.contains("stdin=true"))
    }

    @Test func theTimeLimitClosesTheSocketAndKeepsTheOutput() async throws {
        let socket = ScriptedWebSocket(subprotocol: "v5.channel.k8s.io")
        socket.deliver(.binary([1] + Array("partial".utf8)))
        rig.transport.onWebSocket { _ throws(HTTPError) in socket }
        let result = try await withThrowingTaskGroup(of: ExecResult.self) { group in
            group.addTask { [self] in
                try await rig.client.exec(rig.key, ExecRequest(command: ["sleep", "99"], timeout: .seconds(30)))
            }
            await rig.time.advance(by: .seconds(30), afterSleepers: 1)
            return try #require(try await group.next())
        }
        #expect(result.timedOut)
        #expect(result.exitCode == nil)
        #expect(String(decoding: result.stdout, as: UTF8.self) == "partial")
        #expect(socket.isClosed)
    }

    @Test func aConnectionThatBreaksIsAResultWithAFailure() async throws {
        rig.transport.onWebSocket { _ throws(HTTPError) in
            let socket = ScriptedWebSocket(subprotocol: "v4.channel.k8s.io")
            socket.deliver(.binary([2, 65]))
            socket.deliver(.reset(bytesSeen: true, "cut"))
            return socket
        }
        let result = try await rig.client.exec(rig.key, ExecRequest(command: ["x"]))
        #expect(result.stderr == [65])
        #expect(result.exitCode == nil)
        #expect(result.failure?.contains("cut") == true)
        #expect(!result.timedOut)
    }

    @Test func aRefusedHandshakeIsATypedError() async throws {
        rig.transport.onWebSocket { _ throws(HTTPError) in
            throw .webSocketRefused(status: 403, body: Array(ClientRig.status(403, "Forbidden").utf8))
        }
        let error = await #expect(throws: KubernetesError.self) {
            try await rig.client.exec(rig.key, ExecRequest(command: ["x"]))
        }
        guard case .forbidden = error?.kind else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test func cancellationClosesTheSocket() async throws {
        let socket = ScriptedWebSocket(subprotocol: "v5.channel.k8s.io")
        rig.transport.onWebSocket { _ throws(HTTPError) in socket }
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { [self] in
                do throws(KubernetesError) {
                    _ = try await rig.client.exec(rig.key, ExecRequest(command: ["x"]))
                    return false
                } catch { return error.isCancelled }
            }
            await rig.time.waitForSleepers(1)
            group.cancelAll()
            #expect(await group.next() == true)
        }
        #expect(socket.isClosed)
    }
}
