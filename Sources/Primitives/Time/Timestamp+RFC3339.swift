extension Timestamp {
    /// Reads RFC 3339 text with any offset; digits beyond the microsecond are cut, second 60 counts as the next minute.
    package init?(rfc3339 text: String) {
        var scanner = DigitScanner(text)
        guard let year = scanner.number(digits: 4), scanner.take("-") != nil,
            let month = scanner.number(digits: 2), scanner.take("-") != nil,
            let day = scanner.number(digits: 2), scanner.take("Tt ") != nil,
            let hour = scanner.number(digits: 2), scanner.take(":") != nil,
            let minute = scanner.number(digits: 2), scanner.take(":") != nil,
            let second = scanner.number(digits: 2),
            let fraction = Self.fraction(&scanner), let offset = Self.offset(&scanner), scanner.isAtEnd
        else { return nil }
        let date = CivilDate(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        guard date.isValid else { return nil }
        self.init(microseconds: (date.secondsSinceEpoch - offset) * 1_000_000 + fraction)
    }

    /// Whole seconds in UTC, as Kubernetes writes `Time`: `2026-01-31T08:00:00Z`.
    package var rfc3339: String { formatted(fraction: "") }

    /// Six fraction digits in UTC, as Kubernetes writes `MicroTime`: `2026-01-31T08:00:00.000000Z`.
    package var rfc3339Micro: String {
        let remainder = microseconds % 1_000_000
        return formatted(fraction: "." + (remainder < 0 ? remainder + 1_000_000 : remainder).padded(to: 6))
    }

    private func formatted(fraction: String) -> String {
        let date = CivilDate(secondsSinceEpoch: wholeSeconds)
        let day = "\(date.year.padded(to: 4))-\(date.month.padded(to: 2))-\(date.day.padded(to: 2))"
        let time = "\(date.hour.padded(to: 2)):\(date.minute.padded(to: 2)):\(date.second.padded(to: 2))"
        return "\(day)T\(time)\(fraction)Z"
    }

    private static func fraction(_ scanner: inout DigitScanner) -> Int64? {
        guard scanner.take(".") != nil else { return 0 }
        guard var value = scanner.digit() else { return nil }
        var digits = 1
        while let digit = scanner.digit() {
            if digits < 6 {
                value = value * 10 + digit
                digits += 1
            }
        }
        for _ in digits..<6 { value *= 10 }
        return value
    }

    private static func offset(_ scanner: inout DigitScanner) -> Int64? {
        if scanner.take("Zz") != nil { return 0 }
        guard let sign = scanner.take("+-"),
            let hours = scanner.number(digits: 2), hours < 24, scanner.take(":") != nil,
            let minutes = scanner.number(digits: 2), minutes < 60
        else { return nil }
        return (sign == UInt8(ascii: "-") ? -1 : 1) * (hours * 3_600 + minutes * 60)
    }
}

extension Int64 {
    func padded(to width: Int) -> String {
        let digits = String(magnitude)
        let zeros = String(repeating: "0", count: Swift.max(0, width - digits.utf8.count))
        return (self < 0 ? "-" : "") + zeros + digits
    }
}
