import JSON
import LanguageModels

/// What a model says, before it is put into the words of a provider.
struct Said: Sendable {
    enum Finish: Sendable { case stop, length, calls, refusal, filtered }

    var text = ""
    var calls: [ToolCall] = []
    var finish = Finish.stop

    static let usual = Said(text: "héllo wörld 🌍")
    static let oneCall = Said(
        text: "look", calls: [ToolCall(id: "t1", name: "get_logs", arguments: #"{"service":"front"}"#)], finish: .calls)
    static let twoCalls = Said(
        calls: [
            ToolCall(id: "t1", name: "get_logs", arguments: #"{"service":"a"}"#),
            ToolCall(id: "t2", name: "exec_shell", arguments: #"{"command":"ls"}"#),
        ], finish: .calls)
    static let refused = Said(text: "I will not do that.", finish: .refusal)
    static let cut = Said(text: "and then", finish: .length)
    /// Where the vendor has no word for it, it is a refusal.
    static let filtered = Said(text: "and so", finish: .filtered)
    static let nothing = Said()
}
