import LanguageModels
import Primitives

/// Inputs that are nearly right: good ones with pieces taken out, doubled, swapped and overwritten.
enum FuzzInput {
    static func stream(using generator: inout SeededGenerator) -> [UInt8] {
        let parts = [
            "data: a", "data:b", "data", "event: x", "id: 7", ": comment", "\n", "\r\n", "\n\n", "\r", "é", "🌍",
            "data: {\"a\":1}\n\n", "retry: 1\n", "\u{FEFF}", "data: [DONE]\n\n", "id: \0\n",
        ]
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...20, using: &generator) {
            bytes += Array((parts.randomElement(using: &generator) ?? "").utf8)
        }
        return mangled(bytes, using: &generator)
    }

    static func reply(
        _ format: WireFormat, streams: Bool, using generator: inout SeededGenerator
    ) -> [UInt8] {
        let samples =
            switch (format, streams) {
            case (.chatCompletions, false): FuzzSamples.chat
            case (.chatCompletions, true): FuzzSamples.chatEvents
            case (.messages, false): FuzzSamples.messages
            case (.messages, true): FuzzSamples.messagesEvents
            }
        if !streams { return mangled(Array((samples.randomElement(using: &generator) ?? "").utf8), using: &generator) }
        var events = samples
        for _ in 0..<Int.random(in: 0...4, using: &generator) where !events.isEmpty {
            let place = Int.random(in: events.indices, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: events.remove(at: place)
            case 1: events.insert(events[place], at: place)
            case 2: events.swapAt(place, Int.random(in: events.indices, using: &generator))
            default: events.removeSubrange(place...)
            }
        }
        let bytes = Array(events.map { "data: \($0)\n\n" }.joined().utf8)
        return Bool.random(using: &generator) ? bytes : mangled(bytes, using: &generator)
    }

    static func action(using generator: inout SeededGenerator) -> String {
        let parts = [
            "```", "```python\n", "\n", "exec_shell(", "get_logs(", "submit(", "\"", "'", "\"\"\"", ")", "(", "[", "]",
            "{",
            "}", ",", ":", "=", "command", "service=", "kubectl get pods", "\\", "\\n", "\\u00", "\\x4", "True", "None",
            "-1e5",
            "0x", "9999999999999999999999", "#", ";", " ", "é", "🌍", "Thought: ",
        ]
        var text = Bool.random(using: &generator) ? "Thought: x\n```\n" : ""
        for _ in 0..<Int.random(in: 0...24, using: &generator) {
            text += parts.randomElement(using: &generator) ?? ""
        }
        if Bool.random(using: &generator) { text += "\n```" }
        if Int.random(in: 0..<4, using: &generator) == 0 {
            text = "```\n\(FuzzSamples.actions.randomElement(using: &generator) ?? "")\n```"
        }
        if Int.random(in: 0..<50, using: &generator) == 0 {
            text = "```\nsubmit(" + String(repeating: "[", count: 5_000) + "\n```"
        }
        return String(decoding: mangled(Array(text.utf8), using: &generator), as: UTF8.self)
    }

    /// The same bytes in pieces of any size.
    static func pieces(_ bytes: [UInt8], using generator: inout SeededGenerator) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let size = Int.random(in: 1...max(1, min(rest.count, 40)), using: &generator)
            pieces.append(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return pieces
    }

    private static func mangled(_ bytes: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 0...4, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(Array("\"{}[],:0-\n".utf8).randomElement(using: &generator) ?? 0, at: place)
            case 3: bytes.removeSubrange(place...)
            default:
                let end = min(bytes.count, place + Int.random(in: 1...30, using: &generator))
                bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
            }
        }
        return bytes
    }
}
