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
        // What the server makes of it is gone before it waits: it is not the worker's to hold.
        let turns = try Self.turns(in: request)
        if turns == 0 { await first.join() }
        if turns == steps { await last.join() }
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

    private static func turns(in request: HTTPRequest) throws(HTTPError) -> Int {
        do {
            let asked = try JSONValue(parsing: request.body)
            return asked["messages"]?.arrayValue?.count { $0["role"] == "assistant" } ?? 0
        } catch {
            throw .invalidRequest("\(error)")
        }
    }

    func connectWebSocket(_ request: WebSocketRequest) async throws(HTTPError) -> any WebSocketConnection {
        throw .connect("there are none here")
    }
}
