package import HTTP
import JSON
import LanguageModelTesting
import Primitives

/// A chat-completions server that goes by what it is shown, as a model does, so that a conversation that took another way
/// after a crash still makes sense.
package final class ScriptedProvider: Sendable {
    package static let host = "model.test"
    package static let baseURL = "http://model.test/v1"

    package enum Answers: Sendable {
        case sensibly, refusingTheKey
    }

    private let isMitigation: Bool
    private let answers: Answers
    private let count = Locked(0)

    package init(isMitigation: Bool, answers: Answers = .sensibly) {
        self.isMitigation = isMitigation
        self.answers = answers
    }

    /// Calls that were answered, and so would have to be paid.
    package var calls: Int {
        get { count.withLock { $0 } }
        set { count.withLock { $0 = newValue } }
    }

    package func answer(_ request: HTTPRequest) -> HTTPResponse {
        if answers == .refusingTheKey {
            let refusal: JSONValue = ["error": ["message": "invalid key", "type": "invalid_request_error"]]
            return HTTPResponse(status: 401, bytes: refusal.serialized())
        }
        count.withLock { $0 += 1 }
        guard let body = try? JSONValue(parsing: request.body), let messages = body["messages"]?.arrayValue else {
            return HTTPResponse(status: 400, bytes: [])
        }
        let shown = messages.last?["content"]?.stringValue ?? ""
        let reply: JSONValue = [
            "model": "scripted",
            "choices": [
                [
                    "message": ["role": "assistant", "content": .string(ScriptedModel.action(action(shown)))],
                    "finish_reason": "stop",
                ]
            ],
            "usage": ["prompt_tokens": 100, "completion_tokens": 10],
        ]
        return HTTPResponse(status: 200, bytes: reply.serialized())
    }

    private func action(_ shown: String) -> String {
        let seesFault = shown.contains("leads to \(ShopCluster.wrongPort)")
        if !isMitigation, shown.contains("leads to") { return seesFault ? #"submit("Yes")"# : #"submit("No")"# }
        if seesFault { return #"exec_shell("kubectl patch service store --right-port")"# }
        if shown.contains("patched") || shown.contains("leads to") { return "submit()" }
        return #"exec_shell("kubectl get services")"#
    }
}
