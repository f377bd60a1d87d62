extension Timestamp {
    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// IMF-fixdate of RFC 9110 section 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`.
    package var httpDate: String {
        let date = CivilDate(secondsSinceEpoch: wholeSeconds)
        let day = "\(Self.weekdays[date.weekday]), \(date.day.padded(to: 2)) \(Self.months[Int(date.month) - 1])"
        let time = "\(date.hour.padded(to: 2)):\(date.minute.padded(to: 2)):\(date.second.padded(to: 2))"
        return "\(day) \(date.year.padded(to: 4)) \(time) GMT"
    }

    /// Reads IMF-fixdate; the two obsolete forms are not understood, and the name of the day is not checked.
    package init?(httpDate text: String) {
        var scanner = DigitScanner(text)
        guard Self.weekdays.contains(where: { scanner.take(word: $0) }), scanner.take(word: ", "),
            let day = scanner.number(digits: 2), scanner.take(" ") != nil,
            let month = Self.months.firstIndex(where: { scanner.take(word: $0) }), scanner.take(" ") != nil,
            let year = scanner.number(digits: 4), scanner.take(" ") != nil,
            let hour = scanner.number(digits: 2), scanner.take(":") != nil,
            let minute = scanner.number(digits: 2), scanner.take(":") != nil,
            let second = scanner.number(digits: 2), scanner.take(word: " GMT"), scanner.isAtEnd
        else { return nil }
        let date = CivilDate(
            year: year, month: Int64(month) + 1, day: day, hour: hour, minute: minute, second: second)
        guard date.isValid else { return nil }
        self.init(seconds: date.secondsSinceEpoch)
    }
}
