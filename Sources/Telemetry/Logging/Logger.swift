package import Primitives

/// A value to log with: a label, a threshold and fields that every line carries.
package struct Logger: Sendable {
    package var level: LogLevel
    private let label: String
    private let sink: any LogSink
    private let time: any TimeSource
    private var fields: [String: LogValue] = [:]

    package init(
        label: String, sink: any LogSink, level: LogLevel = .info, time: any TimeSource = SystemTimeSource()
    ) {
        self.label = label
        self.sink = sink
        self.level = level
        self.time = time
    }

    /// A logger that says nothing.
    package static let disabled = Logger(label: "", sink: NullLogSink(), level: .error)

    /// The same logger with more fields on every line; a later field of the same name wins.
    package func with(_ more: [String: LogValue]) -> Logger {
        var copy = self
        copy.fields.merge(more) { _, new in new }
        return copy
    }

    package func debug(
        _ message: @autoclosure () -> String, _ fields: @autoclosure () -> [String: LogValue] = [:]
    ) {
        log(.debug, message(), fields())
    }

    package func info(
        _ message: @autoclosure () -> String, _ fields: @autoclosure () -> [String: LogValue] = [:]
    ) {
        log(.info, message(), fields())
    }

    package func warning(
        _ message: @autoclosure () -> String, _ fields: @autoclosure () -> [String: LogValue] = [:]
    ) {
        log(.warning, message(), fields())
    }

    package func error(
        _ message: @autoclosure () -> String, _ fields: @autoclosure () -> [String: LogValue] = [:]
    ) {
        log(.error, message(), fields())
    }

    package func log(
        _ level: LogLevel, _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> [String: LogValue] = [:]
    ) {
        guard level >= self.level else { return }
        let all = self.fields.merging(fields()) { _, new in new }
        sink.write(
            LogRecord(time: time.wallNow(), level: level, label: label, message: message(), fields: all))
    }
}
