import Conversations
import KubernetesClient

extension JournalError: RetryTimed {
    /// What the API server said, where that is what the store is.
    package var retryAfter: Duration? {
        switch self {
        case .unavailable(_, let cause), .refused(_, let cause): (cause as? any RetryTimed)?.retryAfter
        case .conflict, .fenced, .full, .corrupt, .cancelled: nil
        }
    }
}
