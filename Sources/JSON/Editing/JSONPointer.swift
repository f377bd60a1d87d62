/// A place in a document (RFC 6901).
package struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
    package var tokens: [String]

    package init(tokens: [String]) {
        self.tokens = tokens
    }

    /// Reads `/a/b~1c/0`; empty text is the whole document.
    package init(_ text: String) throws(JSONError) {
        tokens = []
        guard !text.isEmpty else { return }
        var parts = text.split(separator: "/", omittingEmptySubsequences: false)[...]
        guard parts.removeFirst().isEmpty else {
            throw JSONError(offset: 0, message: "pointer \"\(text)\" does not begin with '/'")
        }
        for part in parts {
            guard let token = Self.unescaped(part) else {
                throw JSONError(offset: 0, message: "pointer \"\(text)\" has '~' without 0 or 1")
            }
            tokens.append(token)
        }
    }

    package var description: String { tokens.map { "/" + Self.escaped($0) }.joined() }

    /// One token in the form a pointer needs, for building paths: `a/b` gives `a~1b`.
    package static func escaped(_ token: String) -> String {
        guard token.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return token }
        var text = ""
        for scalar in token.unicodeScalars {
            switch scalar {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    private static func unescaped(_ token: Substring) -> String? {
        guard token.utf8.contains(UInt8(ascii: "~")) else { return String(token) }
        var text = ""
        var scalars = token.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            guard scalar == "~" else {
                text.unicodeScalars.append(scalar)
                continue
            }
            switch scalars.next() {
            case "0": text += "~"
            case "1": text += "/"
            default: return nil
            }
        }
        return text
    }

    /// An array index has no sign and no leading zero; nil otherwise.
    static func arrayIndex(_ token: String) -> Int? {
        guard token == "0" || token.utf8.first != UInt8(ascii: "0"),
            token.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return Int(token)
    }
}

extension JSONValue {
    /// The value at a pointer; nil when there is none.
    package subscript(pointer: JSONPointer) -> JSONValue? {
        var current = self
        for token in pointer.tokens {
            let next =
                if case .array = current { JSONPointer.arrayIndex(token).flatMap { current[$0] } } else {
                    current[token]
                }
            guard let next else { return nil }
            current = next
        }
        return current
    }
}
