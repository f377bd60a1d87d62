package import JSON

/// A closed set of words that stays readable when a newer version adds one.
///
/// An unknown word is kept and written back as it was, so that an older operator neither fails on it nor erases it.
package protocol Vocabulary: APIValue, CustomStringConvertible {
    /// The words of this version, in the order in which help shows them.
    static var known: [Self] { get }
    static func unknown(_ text: String) -> Self
    var rawValue: String { get }
}

extension Vocabulary {
    package init(rawValue: String) {
        self = Self.known.first { $0.rawValue == rawValue } ?? .unknown(rawValue)
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(rawValue: try reader.string())
    }

    package func encode(to writer: inout JSONWriter) {
        writer.string(rawValue)
    }

    package var description: String { rawValue }

    /// False for a word of a newer version, or a mistyped one.
    package var isKnown: Bool { Self.known.contains(self) }
}
