/// How a program ended and what it said.
package struct ProcessResult: Sendable, Hashable {
    package enum Ending: Sendable, Hashable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    package var ending: Ending
    /// Whether the time limit is why it ended.
    package var timedOut: Bool
    package var output: [UInt8]
    package var errors: [UInt8]
    /// Bytes left out of the middle of the stream.
    package var outputDropped: Int
    package var errorsDropped: Int

    package init(
        ending: Ending, timedOut: Bool = false, output: [UInt8] = [], errors: [UInt8] = [], outputDropped: Int = 0,
        errorsDropped: Int = 0
    ) {
        self.ending = ending
        self.timedOut = timedOut
        self.output = output
        self.errors = errors
        self.outputDropped = outputDropped
        self.errorsDropped = errorsDropped
    }

    package var succeeded: Bool { ending == .exited(0) && !timedOut }
}

extension ProcessResult.Ending: CustomStringConvertible {
    package var description: String {
        switch self {
        case .exited(let code): "exited with code \(code)"
        case .killed(let signal): "was ended by signal \(signal)"
        }
    }
}
