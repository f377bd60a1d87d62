/// What somebody gave as a key, without the white space around it: a file that it was taken from mostly ends with a line break.
struct KeyText {
    private let bytes: ArraySlice<UInt8>

    init(_ given: some Sequence<UInt8>) {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        var bytes = Array(given)[...].drop(while: isSpace)
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        self.bytes = bytes
    }

    var isEmpty: Bool { bytes.isEmpty }

    /// What is said of a place whose text is none.
    static func refusal(of place: String) -> String {
        "\(place) is no key: a line break or another character that no request can carry stands inside of it. "
            + "Put the key there alone, as one line of plain text"
    }

    /// Nil where it holds what no header of a request can carry.
    var text: String? {
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}
