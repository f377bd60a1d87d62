/// What is kept of an environment before it is torn down.
///
/// Invariant: the texts together take at most `limit` bytes of UTF-8.
package struct DiagnosticsBundle: Sendable, Hashable {
    package struct Section: Sendable, Hashable {
        package var title: String
        package var text: String
    }

    package private(set) var sections: [Section] = []
    /// Bytes that found no room.
    package private(set) var droppedBytes = 0
    private var used = 0
    private let limit: Int

    package static let standardLimit = 256 * 1024
    /// No single section, such as the log of a chatty container, may take more.
    private let sectionLimit: Int

    package init(limit: Int = Self.standardLimit, sectionLimit: Int = 32 * 1024) {
        self.limit = limit
        self.sectionLimit = sectionLimit
    }

    /// Adds a text, cut at its beginning when there is no room: the end of a log tells more.
    package mutating func add(_ title: String, _ text: String) {
        let room = max(0, min(sectionLimit, limit - used - title.utf8.count))
        var kept = Array(text.utf8.suffix(room))
        // A cut must not leave the rest of a character.
        while kept.count < text.utf8.count, let first = kept.first, first & 0xC0 == 0x80 { kept.removeFirst() }
        droppedBytes += text.utf8.count - kept.count
        guard room > 0 else { return }
        sections.append(Section(title: title, text: String(decoding: kept, as: UTF8.self)))
        used += kept.count + title.utf8.count
    }

    package var byteCount: Int { used }

    /// One readable text.
    package var text: String {
        var text = sections.map { "== \($0.title)\n\($0.text)\n" }.joined(separator: "\n")
        if droppedBytes > 0 { text += "\n== cut\n\(droppedBytes) bytes left out\n" }
        return text
    }
}
