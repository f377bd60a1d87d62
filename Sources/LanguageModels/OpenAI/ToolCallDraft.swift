import JSON

/// A tool call of the chat-completions format, whole or as it grows in a stream.
struct ToolCallDraft: Sendable, Hashable {
    private var id = ""
    private var name = ""
    private var arguments = ""

    private var size: Int { id.utf8.count + name.utf8.count + arguments.utf8.count }

    /// The call, or its next fragment: only the first has an id and a name.
    ///
    /// - Returns: how many bytes it has grown by.
    @discardableResult
    mutating func take(_ json: JSONValue) -> Int {
        let before = size
        if id.isEmpty { id = json["id"]?.stringValue ?? "" }
        let function = json["function"]
        if name.isEmpty { name = function?["name"]?.stringValue ?? "" }
        switch function?["arguments"] {
        case nil, .some(.null): break
        case .some(.string(let text)): arguments += text
        // Some servers send the object itself.
        case .some(let other): arguments += other.text
        }
        return size - before
    }

    /// The finished calls, each with an id of its own: some servers give none, or the same to all.
    static func calls(_ drafts: [ToolCallDraft]) -> [ToolCall] {
        var seen: Set<String> = []
        return drafts.enumerated().map { index, draft in
            let isOwn = !draft.id.isEmpty && seen.insert(draft.id).inserted
            let arguments = draft.arguments.isEmpty ? "{}" : draft.arguments
            return ToolCall(id: isOwn ? draft.id : "call_\(index)", name: draft.name, arguments: arguments)
        }
    }
}
