package import Conversations
package import KubernetesModel
import Primitives

/// A flush or a segment as a ConfigMap, which says by the name of its file how the lines lie in it.
extension ConfigMap {
    /// Never to be changed again.
    init(metadata: ObjectMeta, lines: StoredLines) {
        self.init(metadata: metadata, immutable: true)
        let name = lines.encoding.fileName
        switch lines.encoding {
        case .plain: data[name] = String(decoding: lines.bytes, as: UTF8.self)
        case .gzip: binaryData[name] = lines.bytes
        }
    }

    /// The lines of a conversation, whichever way they are stored.
    ///
    /// - Throws: `corrupt` for what holds none; `unavailable` where they may be whole, and this machine cannot unpack them now.
    package func conversationLines() throws(JournalError) -> [UInt8] {
        let (plain, gzip) = (StoredLines.Encoding.plain.fileName, StoredLines.Encoding.gzip.fileName)
        if let text = data[plain] { return Array(text.utf8) }
        guard let compressed = binaryData[gzip] else { throw unreadable("holds neither \(plain) nor \(gzip)") }
        do {
            return try StoredLines(.gzip, compressed).lines()
        } catch {
            throw cannotUnpack(gzip, error)
        }
    }

    /// The messages in its lines; throws as those do.
    func flush() throws(JournalError) -> Flush {
        let lines = try conversationLines()
        do {
            return try Flush(parsing: lines)
        } catch {
            throw .corrupt(error)
        }
    }

    /// A machine without memory says nothing of what is stored, and what is called damaged stays so.
    func cannotUnpack(_ file: String, _ error: GzipError) -> JournalError {
        error.isRetryable
            ? .unavailable("\(file) of ConfigMap \(metadata.name) could not be unpacked", cause: error)
            : unreadable("holds \(file), and \(error)")
    }

    private func unreadable(_ why: String) -> JournalError {
        .corrupt(ConversationFault(seq: 0, kind: .malformed("ConfigMap \(metadata.name) \(why)")))
    }
}
