internal import Primitives
package import Telemetry

/// Keeps every record for a test to look at.
package final class CollectingLogSink: LogSink {
    private let kept = Locked<[LogRecord]>([])

    package init() {}

    package var records: [LogRecord] { kept.withLock { $0 } }

    package func write(_ record: LogRecord) {
        kept.withLock { $0.append(record) }
    }
}
