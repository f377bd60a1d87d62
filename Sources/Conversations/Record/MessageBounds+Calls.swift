import JSON
import Primitives

extension MessageBounds {
    /// The calls as they are kept: without secrets, each with arguments of at most `value` bytes, and of several no more than
    /// fit `calls` bytes of the line; the first one always does.
    ///
    /// What it gave is given again.
    package func admit(_ calls: [MessageCall], redact: Redaction) -> [MessageCall] {
        var admitted: [MessageCall] = []
        var room = self.calls
        for call in calls {
            var kept = call
            kept.name = redact(call.name)
            kept.arguments = Self.redacted(call.arguments, redact)
            Self.cut(&kept, to: value)
            var size = Self.size(of: kept)
            if size > room {
                guard admitted.isEmpty else { break }
                // In the worst case each byte of a text takes six in a line.
                Self.cut(&kept, to: (room - 1024) / 6)
                size = Self.size(of: kept)
            }
            room -= size
            admitted.append(kept)
        }
        return admitted
    }

    /// As it came or not at all: a signature goes with it.
    func admit(reasoning: [JSONValue], redact: Redaction) -> [JSONValue] {
        let all = JSONValue.array(reasoning)
        return all.text.utf8.count <= self.reasoning && redacted(all, redact) == all ? reasoning : []
    }

    /// Inside of JSON the values are redacted, since a secret may hide behind an escape, and then the whole, since its name may
    /// stand before it.
    private static func redacted(_ arguments: String, _ redact: Redaction) -> String {
        let json: JSONValue
        do {
            json = try JSONValue(parsing: Array(arguments.utf8))
        } catch {
            return redact(arguments)
        }
        let clean = MessageBounds().redacted(json, redact)
        return redact(clean == json ? arguments : clean.text)
    }

    private static func cut(_ call: inout MessageCall, to limit: Int) {
        let size = call.arguments.utf8.count
        guard size > limit else { return }
        call.truncation =
            call.truncation ?? Truncation(originalBytes: size, sha256: SHA256Digest.of(call.arguments).hex)
        call.arguments = TextCut.prefix(call.arguments, bytes: limit)
    }

    private static func size(of call: MessageCall) -> Int { call.jsonBytes().count + 1 }
}
