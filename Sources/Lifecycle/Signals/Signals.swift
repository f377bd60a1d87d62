internal import CLinux
internal import Glibc

/// The stop signals of the process, as a sequence; one per process.
///
/// The handlers are installed when `init` returns and the default ones are back when the last copy is gone. Each iteration
/// hears every signal since then, those included that came before it began: a program that is asked to stop while it is
/// still getting ready is asked once, and whoever listens next must know of it. A handler that
/// writes to a pipe is used rather than a signalfd: that would need the signals blocked in every thread, also in those the
/// runtime has made before us, and one thread without the mask would end the process.
package struct Signals: AsyncSequence, Sendable {
    package typealias Element = Signal
    package typealias Failure = Never

    /// The system refused a pipe, a handler or a thread; `code` is its error number.
    package struct Failed: Error, Sendable, Hashable {
        package let code: Int32
    }

    private let pipe: Pipe
    private let heard: HeardSignals

    package init() throws(Failed) {
        let heard = HeardSignals()
        self.heard = heard
        var ends: [Int32] = [-1, -1]
        guard aiops_pipe(&ends) == 0 else { throw Failed(code: errno) }
        let (readEnd, writeEnd) = (ends[0], ends[1])
        pipe = Pipe(writeEnd: writeEnd)
        do {
            try PlatformThread.spawn(name: "signals") {
                Self.forward(from: readEnd, to: heard)
            }
        } catch {
            close(readEnd)
            throw Failed(code: error.code)
        }
        for signal in Signal.allCases where aiops_catch_signal(signal.number, writeEnd) != 0 {
            throw Failed(code: errno)
        }
    }

    package func makeAsyncIterator() -> AsyncStream<Signal>.Iterator {
        heard.stream().makeAsyncIterator()
    }

    private static func forward(from descriptor: Int32, to heard: HeardSignals) {
        var number: UInt8 = 0
        while true {
            let count = read(descriptor, &number, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { break }
            if let signal = Signal(number: Int32(number)) { heard.note(signal) }
        }
        close(descriptor)
        heard.finish()
    }

    private final class Pipe: Sendable {
        private let writeEnd: Int32

        init(writeEnd: Int32) { self.writeEnd = writeEnd }

        deinit {
            for signal in Signal.allCases { aiops_release_signal(signal.number) }
            // The reading thread sees the end of the pipe and ends.
            close(writeEnd)
        }
    }
}
