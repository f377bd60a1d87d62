package import JSON

/// A port by number or by name, as Services and probes write it.
package enum IntOrString: Sendable, Hashable, CustomStringConvertible, JSONDecodable, JSONEncodable {
    case int(Int)
    case string(String)

    package var description: String {
        switch self {
        case .int(let number): String(number)
        case .string(let text): text
        }
    }

    package var jsonForm: JSONValue {
        switch self {
        case .int(let number): .integer(Int64(number))
        case .string(let text): .string(text)
        }
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        let start = reader.offset
        switch try reader.value() {
        case .integer(let number):
            guard let int = Int(exactly: number) else { throw JSONError(offset: start, message: "number too large") }
            self = .int(int)
        case .string(let text): self = .string(text)
        default: throw JSONError(offset: start, message: "expected an integer or a string")
        }
    }

    package func encode(to writer: inout JSONWriter) { writer.value(jsonForm) }
}
