/// Gives equal texts one storage: namespaces, pools, reasons repeat in every row.
///
/// Invariant: at most `limit` texts are known; later ones are passed through as they come.
package struct StringInterner: Sendable {
    private static let limit = 4_096
    private var known: Set<String> = []

    package init() {}

    package mutating func callAsFunction(_ text: String) -> String {
        // Up to 15 bytes live inside the String itself.
        guard text.utf8.count > 15 else { return text }
        if let index = known.firstIndex(of: text) { return known[index] }
        if known.count < Self.limit { known.insert(text) }
        return text
    }
}
