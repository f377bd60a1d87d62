import Conversations

/// Keeps the head and the tail of a long observation and says what was left out.
package enum OutputBound {
    private static let advice =
        " To see them ask for less: narrow the command with grep, head, tail, --tail, a label selector or jsonpath."

    /// The agent is told how to get less where that is in its hands: of a command.
    package static func bounded(_ text: String, bytes limit: Int, isOfCommand: Bool) -> String {
        let size = text.utf8.count
        if size <= limit { return text }
        let room = max(0, limit - 256)
        let head = TextCut.prefix(text, bytes: room * 3 / 5)
        let tail = TextCut.suffix(text, bytes: room - head.utf8.count)
        let dropped = size - head.utf8.count - tail.utf8.count
        return head
            + "\n[... \(dropped) of \(size) bytes were left out here."
            + (isOfCommand ? Self.advice : "") + " ...]\n" + tail
    }
}
