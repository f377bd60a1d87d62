import HTTP
import HTTPServer
package import JSON
import Primitives

/// An OpenAI-compatible server that answers as the test says.
package final class ModelServer: Sendable {
    /// How one call is answered.
    package enum Reply: Sendable {
        /// A message, with what it cost in tokens.
        case says(String, promptTokens: Int64, completionTokens: Int64)
        case refuses(status: Int, body: String)
    }

    /// A call as it came in.
    package struct Call: Sendable {
        package var authorization: String?
        package var body: JSONValue
    }

    package let address: String
    package let port: UInt16
    private let server: HTTPServer
    private let seen: Locked<[Call]>

    package var baseURL: String { "http://\(address):\(port)/v1" }
    package var calls: [Call] { seen.withLock { $0 } }

    /// Serves while `body` runs, on the address that pods and the operator can reach; `script` is given the number of the
    /// call, 0 first.
    package static func with(
        _ script: @escaping @Sendable (Int, Call) -> Reply, _ body: @Sendable (ModelServer) async throws -> Void
    ) async throws {
        let model = try ModelServer(address: try TestProfile.hostAddress(), script)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await model.server.run() }
            try await body(model)
            group.cancelAll()
        }
    }

    private init(address: String, _ script: @escaping @Sendable (Int, Call) -> Reply) throws {
        let seen = Locked<[Call]>([])
        self.seen = seen
        self.address = address
        server = try HTTPServer(address: address, port: 0) { request in
            guard request.method == "POST", request.path == "/v1/chat/completions",
                let body = try? JSONValue(parsing: request.body)
            else { return ServerResponse(status: 404) }
            let call = Call(authorization: request.headers.first("authorization"), body: body)
            let number = seen.withLock { seen in
                seen.append(call)
                return seen.count - 1
            }
            return Self.response(to: script(number, call), number: number)
        }
        port = server.port
    }

    private static func response(to reply: Reply, number: Int) -> ServerResponse {
        switch reply {
        case .refuses(let status, let body):
            return ServerResponse(status: status, text: body, contentType: "application/json")
        case .says(let text, let prompt, let completion):
            let body: JSONValue = [
                "id": .string("chatcmpl-\(number)"), "object": "chat.completion", "model": "scripted",
                "choices": [
                    [
                        "index": 0, "finish_reason": "stop",
                        "message": ["role": "assistant", "content": .string(text)],
                    ]
                ],
                "usage": [
                    "prompt_tokens": .integer(prompt), "completion_tokens": .integer(completion),
                    "total_tokens": .integer(prompt + completion),
                ],
            ]
            return ServerResponse(text: body.text, contentType: "application/json")
        }
    }
}

extension ModelServer.Reply {
    /// One thought and one action, in the form the agent was asked for.
    package static func acts(
        _ action: String, promptTokens: Int64 = 100, completionTokens: Int64 = 10
    ) -> Self {
        .says(
            "Thought: as the script says.\n\nAction:\n```\n\(action)\n```", promptTokens: promptTokens,
            completionTokens: completionTokens)
    }
}
