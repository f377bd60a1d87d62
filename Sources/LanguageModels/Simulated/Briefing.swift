/// What a task description says about itself, read from the prompt alone.
///
/// The labels are shared with whoever writes the prompts; they are plain words for any other model.
package struct Briefing: Sendable, Hashable {
    package static let taskTypeLabel = "Task type:"
    package static let namespaceLabel = "Namespace:"

    enum TaskType: String { case detection, localization, analysis, mitigation }

    let taskType: TaskType
    let namespace: String
    /// Everything that came back to the model, in order.
    let observations: [String]

    /// - Returns: nothing when the prompt does not say what the task is and where.
    init?(_ messages: [ChatMessage]) {
        guard let start = messages.firstIndex(where: { $0.role == .assistant }) ?? messages.indices.last.map({ $0 + 1 })
        else { return nil }
        let prompt = messages[..<start].map(\.content).joined(separator: "\n")
        guard
            let type = Self.value(of: Self.taskTypeLabel, in: prompt).flatMap({ TaskType(rawValue: $0.lowercased()) }),
            let namespace = Self.value(of: Self.namespaceLabel, in: prompt), Self.isName(namespace)
        else { return nil }
        taskType = type
        self.namespace = namespace
        var observations: [String] = []
        var answered = true
        for message in messages[start...] {
            if message.role == .assistant {
                if !answered { observations.append("") }
                answered = false
            } else if !answered {
                observations.append(message.content)
                answered = true
            }
        }
        self.observations = observations
    }

    private static func value(of label: String, in text: String) -> String? {
        for line in text.split(separator: "\n") {
            guard let found = line.firstRange(of: label) else { continue }
            let rest = line[found.upperBound...]
            let word = rest.split(separator: " ").first.map(String.init) ?? ""
            let trimmed = word.filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
            if !trimmed.isEmpty { return trimmed }
        }
        return nil
    }

    /// A DNS label, so that it can stand in a shell command as it is.
    static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 253 && text.utf8.first != UInt8(ascii: "-")
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (48...57).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            }
    }
}
