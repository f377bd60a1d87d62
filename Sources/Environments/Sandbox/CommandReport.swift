import Primitives

/// What the script around a command says about it, in the last line of the error stream.
///
/// The agent's own processes can write such a line as well: they fool nobody but the agent, and only until the next command,
/// before which all is looked at again.
package struct CommandReport: Sendable, Hashable {
    package var exitCode: Int32
    /// Its time was over.
    package var isLate = false
    /// What ran before it began, left by a command whose end nobody saw, and was ended.
    package var earlier = ProcessNames()
    /// What still ran when it had ended, or was ended, and was ended.
    package var left = ProcessNames()
    /// How many processes a listing showed after that.
    package var survivors = 0
    /// What had been left for the agent to be told.
    package var notice = ""

    package init(exitCode: Int32 = 0) { self.exitCode = exitCode }

    /// The report at the end of `stream`, and what stands before it; nil where there is none.
    init?(endOf stream: [UInt8], before rest: inout [UInt8]) {
        let text = String(decoding: stream.suffix(Self.longest), as: UTF8.self)
        guard text.hasSuffix("\n") else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 3, let line = lines.dropLast().last, line.hasPrefix(SandboxScript.mark + " ") else {
            return nil
        }
        let parts = line.split(separator: "|", maxSplits: 3, omittingEmptySubsequences: false)
        let figures = parts[0].split(separator: " ").dropFirst().map { Int32($0) ?? -1 }
        guard parts.count == 4, figures.count == 5, figures.allSatisfy({ $0 >= 0 }) else { return nil }
        exitCode = figures[0]
        isLate = figures[1] == 1
        earlier = ProcessNames(count: Int(figures[2]), listed: parts[1])
        left = ProcessNames(count: Int(figures[3]), listed: parts[2])
        survivors = Int(figures[4])
        notice = parts[3].filter { !$0.isNewline && $0.isASCII }
        // The line break before it is ours.
        let length = line.utf8.count + 2
        guard length <= stream.count else { return nil }
        rest = Array(stream.dropLast(length))
    }

    /// The line as the script writes it; for stand-ins of a sandbox.
    package var line: String {
        "\n\(SandboxScript.mark) \(exitCode) \(isLate ? 1 : 0) \(earlier.count) \(left.count) \(survivors)"
            + "|\(earlier.names.map { " " + $0 }.joined())|\(left.names.map { " " + $0 }.joined())|\(notice)\n"
    }

    /// No line is longer: three texts that the script cuts, and figures.
    private static let longest = 4096
}

/// Processes by the first few of their names.
package struct ProcessNames: Sendable, Hashable, CustomStringConvertible {
    package var count: Int
    package var names: [String]

    package init(count: Int = 0, names: [String] = []) {
        self.count = count
        self.names = names
    }

    fileprivate init(count: Int, listed: Substring) {
        self.count = count
        names = listed.split(separator: " ").map { name in String(name.filter { $0.isASCII && !$0.isNewline }) }
    }

    package var isEmpty: Bool { count == 0 }

    package var description: String {
        let more = count - names.count
        return names.joined(separator: ", ") + (more > 0 && !names.isEmpty ? " and \(more) more" : "")
    }
}
