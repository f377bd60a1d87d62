extension JSONReader {
    enum Number {
        case integer(Int64)
        /// A fraction, an exponent, or more than Int64 holds; well-formed.
        case text(String)
    }

    mutating func scanNumber() throws(JSONError) -> Number {
        let start = skippedSpace()
        let isNegative = start < end && bytes[start] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        var value: Int64 = 0
        var overflows = false
        let first = position
        while let digit = digit() {
            // Counted downwards when negative, since Int64.min has no positive twin.
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, carried) =
                isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            overflows = overflows || tooLarge || carried
            value = sum
            position += 1
        }
        guard position > first else { throw failure(isNegative ? "expected a digit" : "expected a number") }
        guard position == first + 1 || bytes[first] != UInt8(ascii: "0") else {
            throw failure("number begins with 0", at: first)
        }
        let hasTail = try skipFractionAndExponent()
        guard hasTail || overflows else { return .integer(value) }
        return .text(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func skipFractionAndExponent() throws(JSONError) -> Bool {
        let start = position
        if position < end, bytes[position] == UInt8(ascii: ".") {
            position += 1
            try skipDigits()
        }
        if position < end, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < end, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            try skipDigits()
        }
        return position > start
    }

    private mutating func skipDigits() throws(JSONError) {
        guard digit() != nil else { throw failure("expected a digit") }
        while digit() != nil { position += 1 }
    }

    @inline(__always)
    private func digit() -> Int64? {
        guard position < end, case let digit = bytes[position] &- 0x30, digit <= 9 else { return nil }
        return Int64(digit)
    }
}
