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
    }

    private static let wrongPort = "leads to 9999"

    package static func reply(to call: ModelServer.Call) -> ModelServer.Reply {
        let messages = call.body["messages"]?.arrayValue ?? []
        let shown = messages.last?["content"]?.stringValue ?? ""
        let part = Part(rawValue: call.body["model"]?.stringValue ?? "") ?? .detective
        let turns = messages.count { $0["role"] == "assistant" }
        let hasSeenFault = messages.contains { $0["content"]?.stringValue?.contains(wrongPort) == true }
        return .acts(action(part, shown, after: turns, hasSeenFault: hasSeenFault))
    }

    private static func action(_ part: Part, _ shown: String, after turns: Int, hasSeenFault: Bool) -> String {
        let looksAtServices = #"exec_shell("kubectl get services")"#
        let seesFault = shown.contains(wrongPort)
        switch part {
        case .sleeper: return shown.contains("exit code") ? #"submit("Yes")"# : #"exec_shell("sleep 600", 600)"#
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
