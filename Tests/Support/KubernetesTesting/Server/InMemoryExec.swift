package import HTTP
import JSON
package import KubernetesModel
import Primitives

/// A command that the in-memory server is asked to run in a pod.
package struct InMemoryExec: Sendable {
    package struct Outcome: Sendable {
        package var stdout: String
        package var stderr: String
        package var exitCode: Int32
        /// The connection ends before the command's end is told.
        package var breaks: Bool

        package init(stdout: String = "", stderr: String = "", exitCode: Int32 = 0, breaks: Bool = false) {
            self.stdout = stdout
            self.stderr = stderr
            self.exitCode = exitCode
            self.breaks = breaks
        }
    }

    package var pod: ObjectKey
    package var container: String?
    package var command: [String]
}

extension InMemoryAPIServer {
    /// Runs the command at this moment; the connection that comes back holds all it wrote.
    package func openExec(_ request: WebSocketRequest) throws(HTTPError) -> any WebSocketConnection {
        if request.permit?.isValid == false { throw .notPermitted }
        let target = APICall.Target(request.url)
        let found: Result<(InMemoryExec, @Sendable (InMemoryExec) -> InMemoryExec.Outcome), APIFailure> =
            core.withLock { core in
                do {
                    let call = try APICall(
                        target, method: "GET", contentType: "", body: [], types: core.state.types)
                    core.calls.append(call)
                    guard core.state.object(call.type, call.key) != nil else {
                        throw APIFailure.notFound(call.type, call.name)
                    }
                    guard call.type == .pods, call.subresource == "exec", let exec = core.exec else {
                        throw APIFailure.noSuchPath
                    }
                    let command = InMemoryExec(
                        pod: call.key, container: call.query["container"], command: call.repeated["command"] ?? [])
                    return .success((command, exec))
                } catch let failure as APIFailure {
                    return .failure(failure)
                } catch {
                    return .failure(APIFailure(500, "InternalError", "\(error)"))
                }
            }
        switch found {
        case .success(let (command, run)):
            return InMemoryExecConnection(subprotocol: request.subprotocols.first, run(command))
        case .failure(let failure):
            throw .webSocketRefused(status: failure.status.code, body: failure.status.jsonBytes())
        }
    }
}

/// The finished command as the client's end of the WebSocket sees it.
final class InMemoryExecConnection: WebSocketConnection {
    let subprotocol: String?
    private let messages: Locked<[[UInt8]]>

    init(subprotocol: String?, _ outcome: InMemoryExec.Outcome) {
        self.subprotocol = subprotocol
        let status: JSONValue =
            outcome.exitCode == 0
            ? ["metadata": [:], "status": "Success"]
            : [
                "metadata": [:], "status": "Failure", "reason": "NonZeroExitCode",
                "message": .string("command terminated with non-zero exit code: exit status \(outcome.exitCode)"),
                "details": ["causes": [["reason": "ExitCode", "message": .string(String(outcome.exitCode))]]],
            ]
        // The server opens each channel with an empty message.
        let output: [[UInt8]] = [[1], [2], [1] + Array(outcome.stdout.utf8), [2] + Array(outcome.stderr.utf8)]
        messages = Locked(outcome.breaks ? output : output + [[3] + status.serialized()])
    }

    func send(_ message: [UInt8]) async throws(HTTPError) {}

    func receive() async throws(HTTPError) -> WebSocketMessage? {
        messages.withLock { $0.isEmpty ? nil : .binary($0.removeFirst()) }
    }

    func close() async {}
}
