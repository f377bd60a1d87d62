/// Money in billionths of a US dollar.
///
/// Integers only: a price per million tokens is a whole number of these per token.
package struct NanoDollars: Sendable, Hashable, Comparable {
    package var value: Int64

    package init(_ value: Int64) { self.value = value }

    package static let zero = NanoDollars(0)

    /// Reads a decimal number of dollars (`0.00123`, `1.5e-05`); digits below a billionth are rounded up.
    package init?(decimal text: String) {
        var digits: [UInt8] = []
        var fraction = 0
        var sawPoint = false
        var exponent = 0
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits.append(byte - UInt8(ascii: "0"))
                if sawPoint { fraction += 1 }
            case UInt8(ascii: ".") where !sawPoint: sawPoint = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                // A server writes this number: the least Int has no magnitude to compare.
                guard let parsed = Int(String(decoding: bytes, as: UTF8.self)), (-64...64).contains(parsed) else {
                    return nil
                }
                exponent = parsed
                bytes = []
            default: return nil
            }
        }
        if digits.isEmpty || digits.count > 64 { return nil }
        var shift = 9 - fraction + exponent
        var roundUp = false
        while shift < 0, let dropped = digits.popLast() {
            if dropped != 0 { roundUp = true }
            shift += 1
        }
        var value: Int64 = 0
        for digit in digits + Array(repeating: 0, count: max(0, digits.isEmpty ? 0 : shift)) {
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carried) = scaled.addingReportingOverflow(Int64(digit))
            if overflow || carried { return nil }
            value = sum
        }
        if roundUp, value == .max { return nil }
        self.init(roundUp ? value + 1 : value)
    }

    /// Dollars as a decimal number without needless zeros: `0.0125`, `0`, `3`.
    package var decimalText: String {
        let magnitude = value.magnitude
        let whole = magnitude / 1_000_000_000
        var fraction = String(magnitude % 1_000_000_000)
        fraction = String(repeating: "0", count: 9 - fraction.count) + fraction
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return (value < 0 ? "-" : "") + "\(whole)" + (fraction.isEmpty ? "" : ".\(fraction)")
    }

    package static func < (left: NanoDollars, right: NanoDollars) -> Bool { left.value < right.value }

    /// Saturates: a sum of remote figures never traps.
    package static func + (left: NanoDollars, right: NanoDollars) -> NanoDollars {
        let (sum, overflow) = left.value.addingReportingOverflow(right.value)
        return NanoDollars(overflow ? .max : sum)
    }

    static func * (price: NanoDollars, tokens: Int64) -> NanoDollars {
        let (product, overflow) = price.value.multipliedReportingOverflow(by: max(0, tokens))
        return NanoDollars(overflow ? .max : product)
    }
}
