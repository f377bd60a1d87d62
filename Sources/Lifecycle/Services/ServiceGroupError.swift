package enum ServiceGroupError: Error {
    /// A service threw, although nobody had asked it to stop.
    case failed(service: String, any Error)
    /// A service returned, although nobody had asked it to stop.
    case endedEarly(service: String)

    package var isRetryable: Bool { true }
    package var isUserError: Bool { false }
}

extension ServiceGroupError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .failed(let service, let error): "\(service) failed: \(error)"
        case .endedEarly(let service): "\(service) ended although nobody had asked it to"
        }
    }
}
