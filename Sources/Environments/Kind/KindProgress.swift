/// Reads how far a create is from kind's error stream, piece by piece.
///
/// kind tells each step with a line ` • Preparing nodes 📦 ...` when it begins. Bounded: a line that does not end is
/// dropped.
package struct KindProgress: Sendable {
    private var line: [UInt8] = []
    private static let longestLine = 1024

    package init() {}

    /// The steps that began with this piece, in words.
    package mutating func take(_ piece: [UInt8]) -> [String] {
        var steps: [String] = []
        for byte in piece {
            guard byte == UInt8(ascii: "\n") else {
                if line.count < Self.longestLine { line.append(byte) }
                continue
            }
            if let step = Self.step(String(decoding: line, as: UTF8.self)) { steps.append(step) }
            line.removeAll(keepingCapacity: true)
        }
        return steps
    }

    private static func step(_ line: String) -> String? {
        let words = line.split(separator: " ")
        guard words.first == "•", line.hasSuffix("...") else { return nil }
        // Without the pictures and the bound of the wait, which begins before its name does.
        let named = words.dropFirst().filter { $0 != "..." && $0.allSatisfy(\.isASCII) }
        return named.isEmpty ? nil : named.joined(separator: " ").lowercasedFirst
    }
}

extension String {
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
