/// A pattern in which `*` stands for any text; everything else stands for itself.
struct Glob: Sendable, Hashable {
    private let pieces: [Substring]

    init(_ pattern: String) {
        pieces = pattern.split(separator: "*", omittingEmptySubsequences: false)
    }

    func matches(_ text: String) -> Bool {
        guard let first = pieces.first, text.hasPrefix(first) else { return false }
        guard pieces.count > 1, let last = pieces.last else { return text == first }
        var rest = text[...].dropFirst(first.count)
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let found = rest.firstRange(of: piece) else { return false }
            rest = rest[found.upperBound...]
        }
        return rest.hasSuffix(last)
    }
}
