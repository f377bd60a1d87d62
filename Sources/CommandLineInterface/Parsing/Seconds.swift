/// A length of time on a command line: a number of seconds, whole or not.
enum Seconds {
    /// What is shorter would be no time at all: lengths are kept in milliseconds.
    private static let least = 0.001

    /// - Throws: for what is no number, less than a millisecond, or more than `most`.
    static func read(_ text: String, atMost most: Int, _ shown: String) throws(UsageError) -> Double {
        guard let number = Double(text), number >= least, number <= Double(most) else {
            throw UsageError("\(shown) takes seconds, at least \(least) and at most \(most), not \"\(text)\"")
        }
        return number
    }
}
