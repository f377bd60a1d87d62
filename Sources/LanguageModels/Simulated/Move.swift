/// One turn of the simulated model: a thought and exactly one action in a code block.
struct Move {
    enum Action {
        case shell(String)
        /// With the text of the arguments.
        case submit(String)
    }

    var thought: String
    var action: Action

    var reply: String {
        let call =
            switch action {
            case .shell(let command): "exec_shell(\"\(Self.escaped(command))\")"
            case .submit(let arguments): "submit(\(arguments))"
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
