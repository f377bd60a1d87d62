import JSON
import LanguageModelTesting
import Primitives

/// A chat-completions server on loopback that answers at once, and knows when it was asked and when it has answered.
struct ModelServer: Sendable {
    private let server: LoopbackModelServer
    private let asked: Locked<[Duration]>

    /// A request counts as there when its last byte has been read; its answer leaves in the same moment.
    init(time: any TimeSource) throws {
        let asked = Locked<[Duration]>([])
        self.asked = asked
        server = try LoopbackModelServer { number in
            asked.withLock { $0.append(time.monotonicNow()) }
            return .init(pieces: [Self.answer(number)])
        }
    }

    var baseURL: String { server.baseURL }
    var moments: [Duration] { asked.withLock { $0 } }

    private static func answer(_ number: Int) -> [UInt8] {
        let reply: JSONValue = [
            "model": "instant",
            "choices": [
                [
                    "message": [
                        "role": "assistant", "content": .string(InstantModel.thought),
                        "tool_calls": [
                            [
                                "id": .string("call_\(number)"), "type": "function",
                                "function": [
                                    "name": "exec_shell", "arguments": #"{"command":"kubectl get services -o wide"}"#,
                                ],
                            ]
                        ],
                    ], "finish_reason": "tool_calls",
                ]
            ],
            "usage": ["prompt_tokens": 100, "completion_tokens": 10],
        ]
        let body = reply.serialized()
        let head =
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: \(body.count)\r\nconnection: close\r\n\r\n"
        return Array(head.utf8) + body
    }
}
