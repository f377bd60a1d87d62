import JSON

/// One action of the scripted provider, in either style.
enum ScriptedMove: Hashable {
    case look
    case repair
    /// With the answer of a detection, or with nothing.
    case submit(String?)

    /// As it is written in a code block.
    var block: String {
        switch self {
        case .look, .repair: "exec_shell(\"\(command)\")"
        case .submit(let answer): "submit(\(answer.map { "\"\($0)\"" } ?? ""))"
        }
    }

    /// As a message with a native call; the length of the conversation so far makes its id.
    func call(_ length: Int) -> JSONValue {
        var name = "exec_shell"
        var arguments: JSONValue = ["command": .string(command)]
        if case .submit(let answer) = self {
            name = "submit"
            arguments = answer.map { ["has_anomaly": .string($0)] } ?? [:]
        }
        return [
            "role": "assistant", "content": nil,
            "tool_calls": [
                [
                    "id": .string("call_\(length)"), "type": "function",
                    "function": ["name": .string(name), "arguments": .string(arguments.text)],
                ]
            ],
        ]
    }

    private var command: String {
        self == .repair ? "kubectl patch service store --right-port" : "kubectl get services"
    }
}
