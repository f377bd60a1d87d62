internal import JSON
internal import Primitives

/// One record as one line of JSON: `time`, `level`, `logger`, `message`, then the fields by name.
package enum LogLine {
    private static let reserved: Set<String> = ["time", "level", "logger", "message"]

    /// The line with its newline, every text in it redacted.
    ///
    /// A field that takes a reserved name gets a `_` in front.
    package static func format(_ record: LogRecord, redactor: Redactor) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("time", record.time.rfc3339Micro)
        writer.field("level", record.level.name)
        writer.field("logger", record.label)
        writer.field("message", redactor.redact(record.message))
        for (name, value) in record.fields.sorted(by: { $0.key < $1.key }) {
            writer.key(reserved.contains(name) ? "_" + name : name)
            write(value, to: &writer, redactor: redactor)
        }
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    private static func write(_ value: LogValue, to writer: inout JSONWriter, redactor: Redactor) {
        switch value {
        case .string(let text): writer.string(redactor.redact(text))
        case .integer(let number): writer.integer(number)
        case .bool(let flag): writer.bool(flag)
        // JSON has no spelling for infinities and NaN.
        case .number(let number): number.isFinite ? writer.value(.number("\(number)")) : writer.string("\(number)")
        }
    }
}
