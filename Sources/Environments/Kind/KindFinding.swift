/// Whether Kind clusters can be made here, as it was found out by asking.
package enum KindFinding: Sendable, Hashable {
    case ready(KindVersion)
    /// This operator was started without kind.
    case notConfigured
    case unable(KindError)
}

extension KindFinding {
    package var isReady: Bool { if case .ready = self { true } else { false } }

    package var message: String {
        switch self {
        case .ready(let version): "kind \(version) answers, and so does its container engine"
        case .notConfigured: "\(KindError.notConfigured)"
        case .unable(let error): "\(error)"
        }
    }
}
