package import AIOpsAPI
package import Environments

extension KindFinding {
    /// The word of the pool's condition, and of the tasks that wait for it.
    package var reason: Reason {
        switch self {
        case .ready: .kindReady
        case .notConfigured: .kindUnavailable
        case .unable(let error):
            switch error {
            case .failed(_, .noEngine, _), .timedOut: .containerEngineUnavailable
            case .unsupportedVersion: .kindVersionUnsupported
            default: .kindUnavailable
            }
        }
    }
}
