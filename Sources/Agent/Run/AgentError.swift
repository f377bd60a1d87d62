package import Conversations
package import LanguageModels

/// Why a run could not go on; none of it is the agent's failure.
package enum AgentError: Error, Sendable {
    case model(ModelError, AskedInVain)
    case tool(ToolError)
    case journal(JournalError)
    case allowance(AllowanceError)
    /// Another worker owns the conversation; this run stopped at once.
    case fenced(String)
    /// There is a cost limit and the price of the model is not known.
    case priceUnknown(model: String)
    case cancelled

    package var isRetryable: Bool {
        switch self {
        case .model(let error, _): error.isRetryable
        case .tool(let error): error.isRetryable
        case .journal(let error): error.isRetryable
        case .allowance(let error): error.isRetryable
        case .fenced, .priceUnknown, .cancelled: false
        }
    }

    package var isUserError: Bool {
        switch self {
        case .model(let error, _): error.isUserError
        case .tool(let error): error.isUserError
        case .journal(let error): error.isUserError
        case .priceUnknown: true
        case .allowance, .fenced, .cancelled: false
        }
    }
}

extension AgentError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .model(let error, let tried):
            "the model did not answer: \(error)" + ("\(tried)".isEmpty ? "" : "; \(tried)")
        case .tool(let error): "the agent's tools failed: \(error)"
        case .journal(let error): error.description
        case .allowance(let error): error.description
        case .fenced(let reason): "another worker took over: \(reason)"
        case .priceUnknown(let model):
            "there is a cost limit, but the price of \(model) is not known: remove maxCost or name another model"
        case .cancelled: "cancelled"
        }
    }
}
