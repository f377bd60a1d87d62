/// Why bytes are not, or do not become, gzip.
package enum GzipError: Error, Sendable, Hashable {
    /// It would be more than that many bytes.
    case tooLarge(limit: Int)
    case truncated
    case corrupt(String)
    case noMemory

    package var isRetryable: Bool { self == .noMemory }
    /// What is stored was damaged by somebody, or the machine is full: nothing in an object of ours sets it right.
    package var isUserError: Bool { false }
}

extension GzipError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooLarge(let limit): "it holds more than \(limit) bytes"
        case .truncated: "it ends too early"
        case .corrupt(let reason): "it is no valid gzip: \(reason)"
        case .noMemory: "there is no memory for it"
        }
    }
}
