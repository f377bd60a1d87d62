import JSON

/// Reads the arguments of a call: strings, numbers, lists, maps, `True`/`False`/`None`, with or without labels.
///
/// Invariant: `index` only grows and nesting is bounded, so any text ends in a value or an error.
struct LiteralParser {
    enum Escapes {
        /// As in Python: `\n` is a line feed, an unknown escape stays as it is.
        case literal
        /// For commands: as `CommandText` says.
        case shell
    }

    private static let maximumDepth = 16

    private let scalars: [Unicode.Scalar]
    private let escapes: Escapes
    private var index = 0
    private var depth = 0

    init(_ text: Substring, escapes: Escapes) {
        scalars = Array(text.unicodeScalars)
        self.escapes = escapes
    }

    /// Everything up to the closing parenthesis, behind which only a comment or a semicolon may follow.
    mutating func arguments() throws(FormatError) -> [AgentAction.Argument] {
        var arguments: [AgentAction.Argument] = []
        while true {
            skipSpace()
            if take(")") { break }
            let label = takeLabel()
            if label == nil, arguments.contains(where: { $0.label != nil }) {
                throw problem("a positional argument follows a keyword argument")
            }
            if let label, arguments.contains(where: { $0.label == label }) {
                throw problem("\(label) is given twice")
            }
            arguments.append(.init(label: label, try value()))
            skipSpace()
            if take(")") { break }
            if !take(",") { throw problem("a comma or a closing parenthesis is missing") }
        }
        skipSpace()
        while take(";") { skipSpace() }
        if let next = peek, next != "#" { throw problem("there must be exactly one call and nothing behind it") }
        return arguments
    }

    private mutating func value() throws(FormatError) -> JSONValue {
        guard let first = peek else { throw problem("the call is not closed") }
        switch first {
        case "\"", "'": return .string(try string())
        case "[": return .array(try list(from: "[", to: "]"))
        case "(": return .array(try list(from: "(", to: ")"))
        case "{": return .object(try map())
        case "-", "+", ".", "0"..."9": return try number()
        default: return try word()
        }
    }

    private mutating func list(from open: Unicode.Scalar, to close: Unicode.Scalar) throws(FormatError) -> [JSONValue] {
        try enter(open)
        defer { depth -= 1 }
        var elements: [JSONValue] = []
        while true {
            skipSpace()
            if take(close) { return elements }
            elements.append(try value())
            skipSpace()
            if take(close) { return elements }
            if !take(",") { throw problem("a list is not closed") }
        }
    }

    private mutating func map() throws(FormatError) -> JSONObject {
        try enter("{")
        defer { depth -= 1 }
        var object = JSONObject()
        while true {
            skipSpace()
            if take("}") { return object }
            let key = try value()
            skipSpace()
            if !take(":") { throw problem("a key of a map has no value") }
            skipSpace()
            object[key.stringValue ?? key.text] = try value()
            skipSpace()
            if take("}") { return object }
            if !take(",") { throw problem("a map is not closed") }
        }
    }

    private mutating func enter(_ open: Unicode.Scalar) throws(FormatError) {
        _ = take(open)
        depth += 1
        if depth > Self.maximumDepth { throw problem("nested too deeply") }
    }

    private mutating func number() throws(FormatError) -> JSONValue {
        let start = index
        while let next = peek, "+-.eE0123456789_".unicodeScalars.contains(next) { index += 1 }
        var text = String(String.UnicodeScalarView(scalars[start..<index]))
        text.removeAll { $0 == "_" }
        if text.hasPrefix("+") { text.removeFirst() }
        do {
            return try JSONValue(parsing: Array(text.utf8))
        } catch {
            throw problem("\(text.prefix(32)) is not a number")
        }
    }

    private mutating func word() throws(FormatError) -> JSONValue {
        let start = index
        while let next = peek, next.properties.isAlphabetic || next == "_" { index += 1 }
        switch String(String.UnicodeScalarView(scalars[start..<index])) {
        case "True", "true": return true
        case "False", "false": return false
        case "None", "null", "nil": return nil
        case let other: throw problem(other.isEmpty ? "a value is missing" : "\(other.prefix(32)) is not quoted")
        }
    }

    private mutating func string() throws(FormatError) -> String {
        let quote = scalars[index]
        let isTriple = hasRun(of: quote, 3)
        index += isTriple ? 3 : 1
        var result = String.UnicodeScalarView()
        var command = CommandText()
        while let next = peek {
            if next == quote, !isTriple || hasRun(of: quote, 3) {
                index += isTriple ? 3 : 1
                return escapes == .shell ? command.text : String(result)
            }
            index += 1
            switch (next, escapes) {
            case ("\\", .literal): escape(into: &result)
            case ("\\", .shell):
                guard let escaped = peek else { continue }
                command.takeEscaped(escaped)
                index += 1
            case (_, .literal): result.append(next)
            case (_, .shell): command.take(next)
            }
        }
        throw problem("a quote is not closed")
    }

    private mutating func escape(into result: inout String.UnicodeScalarView) {
        guard let next = peek else {
            result.append("\\")
            return
        }
        index += 1
        switch next {
        case "\"", "'", "\\": result.append(next)
        case "n": result.append("\n")
        case "t": result.append("\t")
        case "r": result.append("\r")
        case "\n": break
        case "x": hexadecimal(2, after: next, into: &result)
        case "u": hexadecimal(4, after: next, into: &result)
        default:
            result.append("\\")
            result.append(next)
        }
    }

    private mutating func hexadecimal(
        _ count: Int, after letter: Unicode.Scalar, into result: inout String.UnicodeScalarView
    ) {
        let digits = String(String.UnicodeScalarView(scalars[index...].prefix(count)))
        guard digits.count == count, let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code) else {
            result.append("\\")
            result.append(letter)
            return
        }
        result.append(scalar)
        index += count
    }

    /// `name =` in front of a value; the position stays where it is when there is none.
    private mutating func takeLabel() -> String? {
        let start = index
        while let next = peek, next.isASCII,
            next.properties.isAlphabetic || next == "_" || next.properties.numericType != nil
        {
            index += 1
        }
        let name = String(String.UnicodeScalarView(scalars[start..<index]))
        skipSpace()
        if !name.isEmpty, take("="), peek != "=" {
            skipSpace()
            return name
        }
        index = start
        return nil
    }

    private var peek: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        index += 1
        return true
    }

    private func hasRun(of scalar: Unicode.Scalar, _ count: Int) -> Bool {
        index + count <= scalars.count && scalars[index..<(index + count)].allSatisfy { $0 == scalar }
    }

    private mutating func skipSpace() {
        while let next = peek, next.properties.isWhitespace { index += 1 }
    }

    private func problem(_ text: String) -> FormatError { FormatError(.arguments(text)) }
}
