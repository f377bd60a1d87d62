/// Where records go.
///
/// Called from any task; must not block for long and never fails.
package protocol LogSink: Sendable {
    func write(_ record: LogRecord)
}

/// Drops everything.
package struct NullLogSink: LogSink {
    package init() {}

    package func write(_ record: LogRecord) {}
}
