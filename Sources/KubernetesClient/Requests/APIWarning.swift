import HTTP

/// What the server has to say besides its answer: a deprecated kind, an unknown field.
package struct APIWarning: Sendable, Hashable, CustomStringConvertible {
    /// 299 for what Kubernetes itself says.
    package var code: Int
    package var text: String

    package init(code: Int = 299, text: String) {
        self.code = code
        self.text = text
    }

    package var description: String { text }

    /// No server says more than a few kilobytes; the rest is not read.
    private static let mostWarnings = 100

    /// Reads the `Warning` headers (RFC 7234, 5.5): `299 - "text"`, several in one header separated by commas.
    ///
    /// What is malformed is left out.
    static func all(in headers: HTTPHeaders) -> [APIWarning] {
        var warnings: [APIWarning] = []
        for value in headers.all("Warning") {
            var rest = Array(value.utf8)[...]
            while warnings.count < mostWarnings, let warning = next(&rest) { warnings.append(warning) }
        }
        return warnings
    }

    private static func next(_ rest: inout ArraySlice<UInt8>) -> APIWarning? {
        rest = rest.drop { $0 == 0x20 || $0 == UInt8(ascii: ",") }
        let digits = rest.prefix { $0 != 0x20 }
        guard let code = Int(String(decoding: digits, as: UTF8.self)), (100...999).contains(code),
            let quote = rest.firstIndex(of: UInt8(ascii: "\""))
        else { return nil }
        var text: [UInt8] = []
        var index = rest.index(after: quote)
        while index < rest.endIndex {
            let byte = rest[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                // A date may follow; the next warning begins behind a comma.
                rest = rest[index...].drop { $0 != UInt8(ascii: ",") }
                return APIWarning(code: code, text: String(decoding: text, as: UTF8.self))
            case UInt8(ascii: "\\") where index < rest.endIndex:
                text.append(rest[index])
                index += 1
            default: text.append(byte)
            }
        }
        return nil
    }
}
