import HTTP
import JSON
import Primitives

/// A chat-completions server within the process: it answers at once, and from what it is shown.
struct LoopbackProvider: HTTPTransport {
    /// Calls of a tool before the agent submits.
    let steps: Int
    let first: Gathering
    let last: Gathering

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let asked: JSONValue
        do { asked = try JSONValue(parsing: request.body) } catch { throw .invalidRequest("\(error)") }
        let turns = asked["messages"]?.arrayValue?.count { $0["role"] == "assistant" } ?? 0
        do {
            if turns == 0 { try await first.join() }
            if turns == steps { try await last.join() }
        } catch {
            throw .cancelled
        }
        let call = turns < steps ? "exec_shell(\"kubectl get pods --show-labels\")" : "submit(\"Yes\")"
        let reply: JSONValue = [
            "model": "loopback",
            "choices": [
                [
                    "message": [
                        "role": "assistant", "content": .string("Thought: a look.\n\nAction:\n```\n\(call)\n```"),
                    ], "finish_reason": "stop",
                ]
            ], "usage": ["prompt_tokens": 1000, "completion_tokens": 20],
        ]
        return HTTPResponse(status: 200, bytes: reply.serialized())
    }

    func connectWebSocket(_ request: WebSocketRequest) async throws(HTTPError) -> any WebSocketConnection {
        throw .connect("there are none here")
    }
}
