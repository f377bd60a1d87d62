import JSON

/// One turn of the simulated model: a thought and exactly one action, in a code block or as a native call.
struct Move {
    enum Action {
        case shell(String)
        /// By the name of its argument; nothing for none.
        case submit(String, JSONValue?)
    }

    var thought: String
    var action: Action

    /// For a model whose tools are offered natively; the number of the turn makes the id.
    func call(_ turn: Int) -> ToolCall {
        let (name, arguments): (String, JSONObject) =
            switch action {
            case .shell(let command): ("exec_shell", ["command": .string(command)])
            case .submit(let argument, let value): ("submit", value.map { [argument: $0] } ?? [:])
            }
        return ToolCall(id: "call_\(turn)", name: name, arguments: JSONValue.object(arguments).text)
    }

    var reply: String {
        let call =
            switch action {
            case .shell(let command): "exec_shell(\"\(Self.escaped(command))\")"
            // Texts, lists and maps of texts are written alike in both languages.
            case .submit(_, let value): "submit(\(value?.text ?? ""))"
            }
        return "Thought: \(thought)\n\nAction:\n```\n\(call)\n```"
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            if character == "\\" || character == "\"" { result.append("\\") }
            result.append(character)
        }
        return result
    }
}
