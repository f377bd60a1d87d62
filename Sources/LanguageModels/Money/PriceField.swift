import JSON
import Primitives

/// One value of a price table with the path it stands at, so that a mistake is named where its author finds it.
struct PriceField {
    let value: JSONValue?
    let path: String

    /// A dollar a token: more is a slip of the hand.
    private static let dearest = NanoDollars(1_000_000_000)

    var isPresent: Bool { value.map { !$0.isNull } ?? false }

    func wrong(_ message: String) -> PriceTableError { PriceTableError(path: path, message: message) }

    subscript(key: String) -> PriceField {
        PriceField(value: value?[key], path: path.isEmpty ? key : "\(path).\(key)")
    }

    /// A misspelt key would otherwise be a price that silently does not hold.
    func allow(_ keys: [String]) throws(PriceTableError) {
        guard let object = value?.objectValue else { throw wrong("expected a map") }
        for key in object.keys where !keys.contains(key) {
            throw self[String(key.prefix(64))].wrong("unknown key; known are \(keys.joined(separator: ", "))")
        }
    }

    func items(atMost most: Int) throws(PriceTableError) -> [PriceField] {
        guard let items = value?.arrayValue else { throw wrong("expected a list") }
        guard items.count <= most else { throw wrong("at most \(most) are taken") }
        return items.enumerated().map { PriceField(value: $1, path: "\(path)[\($0)]") }
    }

    func text(atMost most: Int) throws(PriceTableError) -> String {
        guard let text = value?.stringValue, !text.isEmpty, text.utf8.count <= most else {
            throw wrong("expected a text of 1 to \(most) bytes")
        }
        return text
    }

    func count() throws(PriceTableError) -> Int64 {
        guard let count = value?.integerValue, count >= 0 else { throw wrong("expected a number of tokens") }
        return count
    }

    /// Dollars per million tokens, as a number or as text, in nano-dollars per token.
    func price() throws(PriceTableError) -> NanoDollars {
        let text: String? =
            switch value {
            case .string(let text): text
            case .integer(let number): String(number)
            case .number(let text): text
            default: nil
            }
        guard let text, let perMillion = NanoDollars(decimal: text) else {
            throw wrong("expected US dollars per million tokens, such as \"0.40\"")
        }
        let (whole, rest) = perMillion.value.quotientAndRemainder(dividingBy: 1_000_000)
        let price = NanoDollars(rest > 0 ? whole + 1 : whole)
        guard price <= Self.dearest else { throw wrong("more than a dollar a token") }
        return price
    }

    func priceIfPresent() throws(PriceTableError) -> NanoDollars? { try isPresent ? price() : nil }

    /// The beginning of a day in UTC, or of all time.
    func dayIfPresent() throws(PriceTableError) -> Timestamp {
        guard isPresent else { return Timestamp(seconds: 0) }
        guard let text = value?.stringValue, let day = Timestamp(rfc3339: "\(text)T00:00:00Z") else {
            throw wrong("expected a day such as \"2026-11-01\"")
        }
        return day
    }
}
