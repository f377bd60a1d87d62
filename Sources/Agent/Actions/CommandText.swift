/// A command as it grows out of the string literal it is written in.
///
/// Escapes mean what they mean in Python, with one exception: where the program that reads the text takes no line break but
/// takes its escape, the escape is kept, since decoded it could only be an error. That is a string inside of a quoted word of
/// the shell (of awk, jsonpath, a template, JSON) and a script of sed. An escape that is none of the usual ones is kept as well.
///
/// Invariant: the text only grows, in constant time for each scalar, so any literal ends in a command.
struct CommandText {
    private var scalars = String.UnicodeScalarView()
    /// Of the shell, at the end of the text so far.
    private var quote: Unicode.Scalar?
    private var isInInnerString = false
    /// Behind a backslash that the shell or the inner string reads.
    private var isEscaped = false
    private var isHereDocument = false
    /// Of the word so far, as much as tells whether it is `sed`.
    private var word = ""
    private var isOfSed = false
    /// Of `<` in a row.
    private var brackets = 0

    var text: String { String(scalars) }

    mutating func take(_ scalar: Unicode.Scalar) {
        let last = scalars.last
        scalars.append(scalar)
        if isHereDocument { return }
        if isEscaped {
            isEscaped = false
            return
        }
        if scalar == "\\" {
            isEscaped = quote != "'" || isInInnerString
        } else if let quote {
            take(scalar, behind: last, in: quote)
        } else {
            takeBare(scalar)
        }
    }

    /// What stood behind a backslash of the literal.
    mutating func takeEscaped(_ scalar: Unicode.Scalar) {
        let decoded: Unicode.Scalar? =
            switch scalar {
            case "\"", "'", "\\": scalar
            case "n": keepsEscapes ? nil : "\n"
            case "t": keepsEscapes ? nil : "\t"
            case "r": keepsEscapes ? nil : "\r"
            default: nil
            }
        if let decoded { return take(decoded) }
        take("\\")
        take(scalar)
    }

    /// Everything of a literal, without its quotes.
    static func decoded(_ literal: Substring) -> String {
        var command = CommandText()
        var isEscaped = false
        for scalar in literal.unicodeScalars {
            if isEscaped {
                command.takeEscaped(scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else {
                command.take(scalar)
            }
        }
        if isEscaped { command.take("\\") }
        return command.text
    }

    private var keepsEscapes: Bool { !isHereDocument && quote != nil && (isInInnerString || isOfSed) }

    private mutating func take(_ scalar: Unicode.Scalar, behind last: Unicode.Scalar?, in quote: Unicode.Scalar) {
        if scalar == quote {
            self.quote = nil
            isInInnerString = false
        } else if scalar == "\"" {
            isInInnerString.toggle()
        } else if scalar == "'" {
            // Between double quotes it is an apostrophe more often than a quote.
            isInInnerString = !isInInnerString && last == "{"
        }
    }

    private mutating func takeBare(_ scalar: Unicode.Scalar) {
        // A here-document begins behind two of them, and not three.
        if brackets == 2, scalar != "<" { isHereDocument = true }
        brackets = scalar == "<" ? brackets + 1 : 0
        switch scalar {
        case "\"", "'": quote = scalar
        case "|", ";", "&", "(", "\n":
            word = ""
            isOfSed = false
        case " ", "\t":
            if word == "sed" { isOfSed = true }
            word = ""
        default: if word.unicodeScalars.count < 4 { word.unicodeScalars.append(scalar) }
        }
    }
}
