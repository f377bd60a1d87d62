/// Why a program could not be run at all; how a program that ran has ended is in its ``ProcessResult``.
package enum ProcessError: Error, Sendable, Hashable {
    /// No such file, or nothing of that name in the folders of `PATH`.
    case notFound(program: String, path: String?)
    /// The system's error number and its words.
    case notStarted(program: String, code: Int32, reason: String)
    /// A string with a NUL in it cannot be handed to a program.
    case invalidRequest(String)
    case cancelled

    /// Whether the same call may succeed later without anybody changing anything.
    package var isRetryable: Bool {
        switch self {
        case .notStarted: true
        case .notFound, .invalidRequest, .cancelled: false
        }
    }

    /// Whether somebody has to install or to configure something.
    package var isUserError: Bool {
        switch self {
        case .notFound, .invalidRequest: true
        case .notStarted, .cancelled: false
        }
    }
}

extension ProcessError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notFound(let program, nil): "\(program): no such program"
        case .notFound(let program, let path?): "\(program): no such program in PATH (\(path.prefix(300)))"
        case .notStarted(let program, _, let reason): "\(program) cannot be started: \(reason)"
        case .invalidRequest(let why): "the program cannot be started: \(why)"
        case .cancelled: "cancelled"
        }
    }
}
