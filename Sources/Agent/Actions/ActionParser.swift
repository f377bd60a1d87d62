import JSON

/// Finds the one action in a reply.
///
/// Lenient where a meaning is certain (a language tag, blank lines, escapes in commands, keyword arguments, triple quotes), strict
/// where it would have to guess (several blocks, no call, an unquoted command).
package struct ActionParser: Sendable, Hashable {
    /// Of the arguments, as JSON; the record keeps no more of them.
    package static let argumentLimit = 8 * 1024

    private let names: Set<String>

    /// Knows these actions and `submit`.
    package init(names: some Sequence<String>) {
        self.names = Set(names).union(["submit"])
    }

    package func parse(_ reply: String) throws(FormatError) -> AgentAction {
        let call = try Self.call(in: Self.block(in: reply))
        guard names.contains(call.name) else { throw FormatError(.unknownAction(call.name)) }
        let action = try Self.action(call)
        if action.json.text.utf8.count > Self.argumentLimit {
            throw FormatError(.tooLong(limit: Self.argumentLimit))
        }
        return action
    }

    /// The text between the only two fences, without a language tag.
    private static func block(in reply: String) throws(FormatError) -> String {
        let parts = reply.split(fence: "```")
        switch parts.count {
        case 1: throw FormatError(.noBlock)
        case 2: throw FormatError(.unclosedBlock)
        case 3: break
        default: throw FormatError(.severalBlocks(parts.count / 2))
        }
        let inside = parts[1]
        guard let lineEnd = inside.firstIndex(where: \.isNewline) else { return inside.trimmed }
        let tag = inside[..<lineEnd].trimmed
        let rest = inside[lineEnd...].trimmed
        let isTag = tag.allSatisfy { $0.isLetter || $0.isNumber || "_+-.#".contains($0) }
        return isTag && !rest.isEmpty ? rest : inside.trimmed
    }

    private struct Call {
        var name: String
        /// What stands behind the opening parenthesis.
        var rest: Substring
    }

    private static func call(in block: String) throws(FormatError) -> Call {
        guard let parenthesis = block.firstIndex(of: "(") else { throw FormatError(.noCall) }
        let name = block[..<parenthesis].trimmed
        let isName = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        guard isName, let first = name.first, !first.isNumber else { throw FormatError(.noCall) }
        return Call(name: name, rest: block[block.index(after: parenthesis)...])
    }

    private static func action(_ call: Call) throws(FormatError) -> AgentAction {
        let isShell = call.name == "exec_shell"
        if isShell, !isQuoted(call.rest) { throw FormatError(.unquotedCommand) }
        var parser = LiteralParser(call.rest, escapes: isShell ? .shell : .literal)
        do {
            return AgentAction(name: call.name, arguments: try parser.arguments())
        } catch {
            // Commands often hold quotes that should have been escaped: what is between the outer pair is meant.
            if isShell, let command = outerString(call.rest) {
                return AgentAction(name: call.name, arguments: [.init(.string(command))])
            }
            throw error
        }
    }

    private static func withoutLabel(_ text: Substring) -> Substring {
        let start = text.drop { $0.isWhitespace }
        guard start.hasPrefix("command") else { return start }
        let rest = start.dropFirst("command".count).drop { $0.isWhitespace }
        return rest.first == "=" ? rest.dropFirst().drop { $0.isWhitespace } : start
    }

    private static func isQuoted(_ text: Substring) -> Bool {
        let start = withoutLabel(text).first
        return start == "\"" || start == "'"
    }

    private static func outerString(_ text: Substring) -> String? {
        let inside = withoutLabel(text).trimmed
        guard inside.last == ")" else { return nil }
        let quoted = inside.dropLast().trimmed
        guard quoted.count >= 2, let quote = quoted.first, quoted.last == quote else { return nil }
        return CommandText.decoded(quoted.dropFirst().dropLast())
    }
}

extension StringProtocol {
    var trimmed: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text = text.dropFirst() }
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return String(text)
    }

    fileprivate func split(fence: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: fence) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
