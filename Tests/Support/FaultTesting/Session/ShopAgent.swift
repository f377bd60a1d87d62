package import ClusterTesting
import JSON
import Primitives

/// A model that goes by what it is shown, so that a conversation that took another way after a crash still makes sense.
///
/// The name of the model says which part it plays.
package struct ShopAgent: Sendable {
    package enum Part: String, Sendable {
        case detective, mender
        /// Looks seven times before it says in its eighth step what it has seen.
        case patient
        /// Waits in the sandbox until it is told to go on.
        case sleeper
        /// Lets megabytes be printed, and says as much.
        case talker
        /// Says and asks for as much as a message holds, a little less and a little more.
        case filler
    }

    /// What a message of a conversation keeps of an answer, as users are told.
    package static let answerLimit = 48 << 10
    /// What is shown of a command's output.
    package static let outputLimit = 16 << 10
    /// Bytes of each answer of the filler beyond the limit, many of which let it be cut among characters of four bytes.
    package static let fillings = [-1, 0, 1, 2000, 2001, 2002, 2003]

    private static let wrongPort = "leads to 9999"

    package static func reply(to call: ModelServer.Call) -> ModelServer.Reply {
        let messages = call.body["messages"]?.arrayValue ?? []
        let shown = messages.last?["content"]?.stringValue ?? ""
        let part = Part(rawValue: call.body["model"]?.stringValue ?? "") ?? .detective
        let turns = messages.count { $0["role"] == "assistant" }
        if part == .filler { return .says(filling(turns), promptTokens: 100, completionTokens: 10) }
        let hasSeenFault = messages.contains { $0["content"]?.stringValue?.contains(wrongPort) == true }
        return .acts(action(part, shown, after: turns, hasSeenFault: hasSeenFault))
    }

    /// The filler's answer of that turn.
    package static func filling(_ turn: Int) -> String {
        guard fillings.indices.contains(turn) else { return "Thought: enough.\n\nAction:\n```\nsubmit(\"Yes\")\n```" }
        // The action first, or it would be cut off. Its output is shown with a word around it: from a little below the limit to
        // a little above.
        let action = "Action:\n```\nexec_shell(\"flood \(outputLimit - 96 + turn * 32)\")\n```\n\nThought: "
        let room = answerLimit + fillings[turn] - action.utf8.count
        return action + String(repeating: "x", count: room % 4) + String(repeating: "🐳", count: room / 4)
    }

    private static func action(_ part: Part, _ shown: String, after turns: Int, hasSeenFault: Bool) -> String {
        let looksAtServices = #"exec_shell("kubectl get services")"#
        let seesFault = shown.contains(wrongPort)
        switch part {
        case .sleeper: return shown.contains("exit code") ? #"submit("Yes")"# : #"exec_shell("sleep 600", 600)"#
        case .filler: return "submit()"
        case .talker:
            // Such an answer is cut before its end, which makes it none; the next one is as it should be.
            if shown.contains("Format error") { return #"submit("Yes")"# }
            if !shown.contains("🐳") { return #"exec_shell("flood")"# }
            return #"submit("\#(String(repeating: "so viel zu sagen: ü€🐳 ", count: 60_000))")"#
        case .detective:
            guard shown.contains("leads to") else { return looksAtServices }
            return seesFault ? #"submit("Yes")"# : #"submit("No")"#
        case .patient: return turns < 7 ? looksAtServices : hasSeenFault ? #"submit("Yes")"# : #"submit("No")"#
        case .mender:
            if seesFault { return #"exec_shell("kubectl patch service store --right-port")"# }
            return shown.contains("patched") || shown.contains("leads to") ? "submit()" : looksAtServices
        }
    }
}
