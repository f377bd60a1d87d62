/// A length of time on a command line: a number of seconds, whole or not.
enum Seconds {
    /// - Throws: for what is no number, not above 0, or more than `most`.
    static func read(_ text: String, atMost most: Int, _ shown: String) throws(UsageError) -> Double {
        guard let number = Double(text), number > 0, number <= Double(most) else {
            throw UsageError("\(shown) takes seconds, more than 0 and at most \(most), not \"\(text)\"")
        }
        return number
    }
}
