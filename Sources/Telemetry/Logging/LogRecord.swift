package import Primitives

/// One thing that happened, before it is formatted.
///
/// Not yet redacted.
package struct LogRecord: Sendable, Hashable {
    package var time: Timestamp
    package var level: LogLevel
    package var label: String
    package var message: String
    package var fields: [String: LogValue]

    package init(time: Timestamp, level: LogLevel, label: String, message: String, fields: [String: LogValue]) {
        self.time = time
        self.level = level
        self.label = label
        self.message = message
        self.fields = fields
    }
}
