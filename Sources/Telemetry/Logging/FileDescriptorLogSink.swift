internal import Glibc
internal import Primitives

/// Writes JSON lines to a descriptor, normally standard error, without ever waiting for its reader.
///
/// Invariants: lines are written whole and in order; at most `backlogLimit` bytes wait while the reader is slow,
/// further lines are dropped and the next line written says how many.
package final class FileDescriptorLogSink: LogSink {
    private static let backlogLimit = 256 << 10

    private struct State {
        var backlog: [UInt8] = []
        var dropped = 0
    }

    private let descriptor: Int32
    private let redactor: Redactor
    private let state = Locked(State())

    package init(descriptor: Int32 = 2, redactor: Redactor) {
        self.descriptor = descriptor
        self.redactor = redactor
    }

    package func write(_ record: LogRecord) {
        let line = LogLine.format(record, redactor: redactor)
        state.withLock { state in
            if state.dropped > 0, state.backlog.count + line.count <= Self.backlogLimit {
                state.backlog += droppedNote(state.dropped, after: record)
                state.dropped = 0
            }
            if state.backlog.count + line.count <= Self.backlogLimit || state.backlog.isEmpty {
                state.backlog += line
            } else {
                state.dropped += 1
            }
            drain(&state)
        }
    }

    /// Writes what still waits, if the reader takes it within `limit`: for the last words of a process.
    ///
    /// Blocks its thread, and everybody who logs.
    package func flush(within limit: Duration) {
        let clock = ContinuousClock()
        let end = clock.now + limit
        state.withLock { state in
            drain(&state)
            while !state.backlog.isEmpty, clock.now < end {
                var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                // Rounded up, so that the last millisecond is no busy loop.
                poll(&poller, 1, Int32(clampedMilliseconds(end - clock.now)) + 1)
                let before = state.backlog.count
                drain(&state)
                // Gone, and not only slow.
                if state.backlog.count == before, poller.revents != 0 { return }
            }
        }
    }

    private func clampedMilliseconds(_ duration: Duration) -> Int64 { min(max(duration.milliseconds, 0), 60_000) }

    private func droppedNote(_ count: Int, after record: LogRecord) -> [UInt8] {
        let note = LogRecord(
            time: record.time, level: .warning, label: "log", message: "log lines were dropped, the reader is slow",
            fields: ["count": .integer(count)])
        return LogLine.format(note, redactor: redactor)
    }

    private func drain(_ state: inout State) {
        var written = 0
        while written < state.backlog.count {
            var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&poller, 1, 0) == 1 else { break }
            // A pipe that polls as writable takes PIPE_BUF bytes without blocking.
            let end = min(written + Int(PIPE_BUF), state.backlog.count)
            let count = state.backlog[written..<end].withUnsafeBytes { piece in
                Glibc.write(descriptor, piece.baseAddress, piece.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            written += count
        }
        state.backlog.removeFirst(written)
    }
}
