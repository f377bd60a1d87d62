/// Finds the forms of many secrets in one pass over a text.
///
/// Between two characters of a form the text may break its line, as `base64` and terminals do, with the indentation of the next
/// line behind it, and the break may be written as `\n`. Invariant: of several forms that begin at one place the longest is
/// taken, so that a secret that contains another goes whole.
struct SecretMatcher {
    /// By first byte, longest first; each of two bytes at least.
    private let forms: [[[UInt8]]]
    let isEmpty: Bool
    /// Bytes: deeper indentation does not occur, and a text of nothing but breaks must not take long.
    private static let longestBreak = 64

    init(_ all: [[UInt8]] = []) {
        var forms = [[[UInt8]]](repeating: [], count: 256)
        for form in all.sorted(by: { $0.count > $1.count }) where form.count > 1 { forms[Int(form[0])].append(form) }
        self.forms = forms
        isEmpty = all.isEmpty
    }

    /// Where a secret that begins at `index` ends; nil for none.
    func end(in text: [UInt8], at index: Int) -> Int? {
        let candidates = forms[Int(text[index])]
        guard !candidates.isEmpty, index + 1 < text.count else { return nil }
        let next = text[index + 1]
        let isBreak = next == UInt8(ascii: "\n") || next == UInt8(ascii: "\r") || next == UInt8(ascii: "\\")
        // Nearly all places end here: this runs over every byte of every text.
        for form in candidates where form[1] == next || isBreak {
            if let end = Self.end(of: form, in: text, at: index) { return end }
        }
        return nil
    }

    private static func end(of form: [UInt8], in text: [UInt8], at index: Int) -> Int? {
        var place = index
        for byte in form {
            if place < text.count, text[place] != byte, place > index { skipBreak(in: text, &place) }
            guard place < text.count, text[place] == byte else { return nil }
            place += 1
        }
        return place
    }

    private static func skipBreak(in text: [UInt8], _ place: inout Int) {
        var isBroken = false
        let limit = min(text.count, place + longestBreak)
        while place < limit {
            let byte = text[place]
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                place += 1
                isBroken = true
            } else if byte == UInt8(ascii: "\\"), place + 1 < text.count,
                text[place + 1] == UInt8(ascii: "n") || text[place + 1] == UInt8(ascii: "r")
            {
                place += 2
                isBroken = true
            } else if isBroken, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
                place += 1
            } else {
                return
            }
        }
    }
}
