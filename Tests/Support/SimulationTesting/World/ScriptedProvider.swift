package import HTTP
import JSON
package import KubernetesModel
import LanguageModelTesting
import Primitives

/// A chat-completions server that goes by what it is shown, as a model does, so that a conversation that took another way
/// after a crash still makes sense.
///
/// Where it is offered tools it calls them, else it writes its calls in code blocks.
package final class ScriptedProvider: Sendable {
    package static let host = "model.test"
    package static let baseURL = "http://model.test/v1"

    /// What its answers cost, as an administrator says it: a dollar a million tokens in, two out.
    package static func prices(named name: String, in namespace: String) -> ConfigMap {
        let text = "version: scripted\nmodels: [{model: scripted, host: \(host), input: 1, output: 2}]\n"
        return ConfigMap(metadata: ObjectMeta(name: name, namespace: namespace), data: ["prices.yaml": text])
    }

    /// What kind of model answers.
    package enum Answers: Sendable, Equatable {
        case sensibly
        case refusingTheKey
        /// Never says anything that could be done.
        case babbling
        /// Looks again and again and never submits.
        case dithering
        /// Looks more often than it must: eight steps, where nothing comes in between.
        case thoroughly
        /// Answers once, and refuses the key from then on.
        case refusingTheKeyLater
        /// Sensibly, after these words; with native calls, they stand in a second one as well, which is not run.
        case saying(String)
        /// Refuses every call with these words.
        case refusing(String)
        /// Declines to do the work, in these words.
        case declining(String)
        /// Its name stands for an address that the transport refuses.
        case atARefusedAddress
    }

    private struct State {
        var answered = 0
        var probes = 0
        var absentFor = 0
        /// The only key it takes; nil: any.
        var key: String?
    }

    private let isMitigation: Bool
    private let answers: Answers
    private let state: Locked<State>

    /// `absentFor` requests fail as when nobody listens, before the first is answered.
    package init(isMitigation: Bool, answers: Answers = .sensibly, absentFor: Int = 0) {
        self.isMitigation = isMitigation
        self.answers = answers
        state = Locked(State(absentFor: absentFor))
    }

    /// Calls that were answered, and so would have to be paid.
    package var calls: Int {
        get { state.withLock { $0.answered } }
        set { state.withLock { $0.answered = newValue } }
    }

    /// The next so many requests fail as when nobody listens.
    package func goAway(for requests: Int) { state.withLock { $0.absentFor = requests } }

    /// From now on it refuses every key but this one.
    package func take(only key: String) { state.withLock { $0.key = key } }

    /// How often it was only asked whether it is there.
    package var probes: Int { state.withLock { $0.probes } }

    package func answer(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
        let isProbe = request.method == "GET"
        let isAbsent = state.withLock { state in
            if isProbe { state.probes += 1 }
            defer { state.absentFor = max(0, state.absentFor - 1) }
            return state.absentFor > 0
        }
        if answers == .atARefusedAddress { throw .refusedAddress("link-local") }
        if isAbsent { throw .connect("refused") }
        if isProbe { return HTTPResponse(status: 404, bytes: []) }
        let isRefused = state.withLock { $0.key }.map { request.headers.first("authorization") != "Bearer \($0)" }
        if isRefused ?? (answers == .refusingTheKey || answers == .refusingTheKeyLater && calls > 0) {
            let refusal: JSONValue = ["error": ["message": "invalid key", "type": "invalid_request_error"]]
            return HTTPResponse(status: 401, bytes: refusal.serialized())
        }
        if case .refusing(let words) = answers {
            let refusal: JSONValue = ["error": ["message": .string(words), "type": "invalid_request_error"]]
            return HTTPResponse(status: 400, bytes: refusal.serialized())
        }
        state.withLock { $0.answered += 1 }
        if case .declining(let words) = answers {
            let message: JSONValue = ["role": "assistant", "content": nil, "refusal": .string(words)]
            return HTTPResponse(status: 200, bytes: Self.reply(message, "stop").serialized())
        }
        guard let body = try? JSONValue(parsing: request.body), let messages = body["messages"]?.arrayValue else {
            return HTTPResponse(status: 400, bytes: [])
        }
        let move = move(messages)
        let call = body["tools"] == nil ? nil : move?.call(messages.count)
        let reply = Self.reply(call.map(called) ?? said(move), call == nil ? "stop" : "tool_calls")
        return HTTPResponse(status: 200, bytes: reply.serialized())
    }

    private static func reply(_ message: JSONValue, _ finish: JSONValue) -> JSONValue {
        [
            "model": "scripted", "choices": [["message": message, "finish_reason": finish]],
            "usage": ["prompt_tokens": 100, "completion_tokens": 10],
        ]
    }

    private func said(_ move: ScriptedMove?) -> JSONValue {
        var words = move.map { ScriptedModel.action($0.block) } ?? "Let me think about that."
        if case .saying(let first) = answers { words = "\(first)\n\n\(words)" }
        return ["role": "assistant", "content": .string(words)]
    }

    private func called(_ call: JSONValue) -> JSONValue {
        guard case .saying(let first) = answers, let calls = call["tool_calls"]?.arrayValue else { return call }
        let arguments: JSONValue = ["command": .string(first)]
        let second: JSONValue = [
            "id": .string("\(calls.first?["id"]?.stringValue ?? "")_b"), "type": "function",
            "function": ["name": "exec_shell", "arguments": .string(arguments.text)],
        ]
        var message = call
        message["content"] = .string(first)
        message["tool_calls"] = .array(calls + [second])
        return message
    }

    /// Nothing where it has nothing to do but to talk.
    private func move(_ messages: [JSONValue]) -> ScriptedMove? {
        let shown = messages.last?["content"]?.stringValue ?? ""
        switch answers {
        case .babbling: return nil
        case .dithering: return .look
        case .thoroughly: return thoroughMove(shown, turn: messages.count { $0["role"] == "assistant" })
        case .sensibly, .saying, .refusingTheKey, .refusingTheKeyLater, .refusing, .declining, .atARefusedAddress:
            return sensibleMove(shown)
        }
    }

    private func sensibleMove(_ shown: String) -> ScriptedMove {
        let seesFault = shown.contains("leads to \(ShopCluster.wrongPort)")
        if !isMitigation, shown.contains("leads to") { return .submit(seesFault ? "Yes" : "No") }
        if seesFault { return .repair }
        return shown.contains("patched") || shown.contains("leads to") ? .submit(nil) : .look
    }

    /// Turns are counted from 0; the third look may be believed, and only what a look has shown is.
    private func thoroughMove(_ shown: String, turn: Int) -> ScriptedMove {
        let seesFault = shown.contains("leads to \(ShopCluster.wrongPort)")
        if isMitigation, seesFault, turn >= 3 { return .repair }
        guard turn >= 7, shown.contains("leads to") else { return .look }
        return .submit(isMitigation ? nil : seesFault ? "Yes" : "No")
    }
}
