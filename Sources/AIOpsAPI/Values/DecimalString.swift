package import JSON

/// A decimal number that travels as text, since the API has no floats: money, temperatures, scores.
///
/// Text of a wrong shape is kept as it came, so that decoding never fails on it; ``nanos`` is nil then and
/// `validate()` says so. Two values are equal only when their texts are.
package struct DecimalString: APIValue, RawRepresentable, CustomStringConvertible, ExpressibleByStringLiteral {
    package var rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    package init(stringLiteral value: String) { self.init(rawValue: value) }

    /// The shortest text of `nanos` billionths; negative amounts do not exist here and count as zero, and what has more
    /// digits than the API takes is shown as the most it takes: figures that a server made up must not make a status that
    /// is refused for good.
    package init(nanos: Int64) {
        let amount = min(max(0, nanos), Self.mostNanos)
        var fraction = String(amount % 1_000_000_000)
        fraction = String(repeating: "0", count: 9 - fraction.count) + fraction
        while fraction.last == "0" { fraction.removeLast() }
        rawValue = fraction.isEmpty ? String(amount / 1_000_000_000) : "\(amount / 1_000_000_000).\(fraction)"
    }

    /// The value in billionths (nano-dollars for money); nil unless the text is up to nine digits, and up to nine more
    /// after a point.
    package var nanos: Int64? {
        guard TextForm.decimal.matches(rawValue) else { return nil }
        let parts = rawValue.split(separator: ".", omittingEmptySubsequences: false)
        guard let first = parts.first, let whole = Int64(first) else { return nil }
        guard parts.count == 2, let digits = parts.last else { return whole * 1_000_000_000 }
        guard let fraction = Int64(digits + String(repeating: "0", count: 9 - digits.count)) else { return nil }
        return whole * 1_000_000_000 + fraction
    }

    /// Nine digits before the point and nine behind it.
    private static let mostNanos: Int64 = 999_999_999_999_999_999

    package var description: String { rawValue }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(rawValue: try reader.string())
    }

    package func encode(to writer: inout JSONWriter) {
        writer.string(rawValue)
    }
}
