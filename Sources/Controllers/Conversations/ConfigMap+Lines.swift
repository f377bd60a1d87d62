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
    package func conversationLines() throws(ConversationFault) -> [UInt8] {
        let (plain, gzip) = (StoredLines.Encoding.plain.fileName, StoredLines.Encoding.gzip.fileName)
        if let text = data[plain] { return Array(text.utf8) }
        guard let compressed = binaryData[gzip] else {
            throw unreadable("holds neither \(plain) nor \(gzip)")
        }
        do {
            return try StoredLines(.gzip, compressed).lines()
        } catch {
            throw unreadable("holds \(gzip), and \(error)")
        }
    }

    private func unreadable(_ why: String) -> ConversationFault {
        ConversationFault(seq: 0, kind: .malformed("ConfigMap \(metadata.name) \(why)"))
    }
}
