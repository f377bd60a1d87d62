/// Texts that repeat, by number.
///
/// Keys are taken at once, other texts when they come a second time; a filter of fixed size remembers the first, so that
/// texts that never repeat cost nothing here.
///
/// Invariants: at most `limit` texts, none longer than `longest` bytes, and a number once given stands for its text for
/// ever.
struct SymbolTable: Sendable {
    private static let limit = 8_192
    private static let longest = 96
    private static let filterSize = 4_096

    private var numbers: [String: UInt32] = [:]
    private var texts: [String] = []
    private var seenOnce = [UInt32](repeating: 0, count: filterSize)

    var count: Int { texts.count }

    func text(of number: Int) -> String? { texts.indices.contains(number) ? texts[number] : nil }

    /// The number of the text, given to it now if it is a key or has come before; nil when it stays as it is.
    mutating func number(of text: String, isKey: Bool) -> UInt32? {
        let length = text.utf8.count
        // A number takes two bytes, and what is shorter is not worth one.
        guard length > 2, length <= Self.longest else { return nil }
        if let known = numbers[text] { return known }
        guard texts.count < Self.limit else { return nil }
        if !isKey {
            let hash = UInt32(truncatingIfNeeded: text.hashValue) | 1
            let place = Int(hash >> 1) % Self.filterSize
            guard seenOnce[place] == hash else {
                seenOnce[place] = hash
                return nil
            }
        }
        let number = UInt32(texts.count)
        numbers[text] = number
        texts.append(text)
        return number
    }
}
