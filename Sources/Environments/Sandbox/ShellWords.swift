/// Splits a command line into simple commands and these into words, as a POSIX shell would, without expanding
/// anything.
///
/// Good enough to recognise a command; a guard, not a jail: what the agent may do is decided by its rights.
package enum ShellWords {
    package static func commands(_ line: String) -> [[String]] {
        var splitter = Splitter()
        var characters = Substring(line)
        while let next = characters.popFirst() { splitter.take(next, following: characters.first) }
        splitter.endCommand()
        return splitter.commands
    }

    private struct Splitter {
        var commands: [[String]] = []
        private var words: [String] = []
        private var word: String?
        private var quote: Character?
        private var isEscaped = false
        /// A dollar sign was read and a parenthesis comes next.
        private var isSubstituting = false
        /// The quotes that go on after the substitutions and groups that are open now.
        private var suspended: [(opening: Character, quote: Character?)] = []

        mutating func take(_ character: Character, following: Character?) {
            if isEscaped {
                isEscaped = false
                // An escaped line end joins two lines.
                if character != "\n" { word = (word ?? "") + String(character) }
                return
            }
            switch (character, quote) {
            case ("\\", nil), ("\\", "\""): isEscaped = true
            case (let mark, let open?) where mark == open:
                quote = nil
            // A substitution runs inside double quotes as well.
            case ("`", nil), ("`", "\""):
                if suspended.last?.opening == "`" { resume() } else { suspend("`") }
            case ("$", nil) where following == "(", ("$", "\"") where following == "(": isSubstituting = true
            case ("(", _) where isSubstituting:
                isSubstituting = false
                suspend("(")
            case ("'", nil), ("\"", nil):
                quote = character
                word = word ?? ""
            case ("(", nil): suspend("(")
            case (")", nil): resume()
            case (";", nil), ("|", nil), ("&", nil), ("\n", nil), ("{", nil), ("}", nil): endCommand()
            case (let space, nil) where space.isWhitespace: endWord()
            default: append(character)
            }
        }

        private mutating func suspend(_ opening: Character) {
            endCommand()
            suspended.append((opening, quote))
            quote = nil
        }

        private mutating func resume() {
            endCommand()
            quote = suspended.popLast()?.quote
        }

        private mutating func append(_ character: Character) { word = (word ?? "") + String(character) }

        private mutating func endWord() {
            if let word { words.append(word) }
            word = nil
        }

        mutating func endCommand() {
            endWord()
            if !words.isEmpty { commands.append(words) }
            words = []
        }
    }
}
