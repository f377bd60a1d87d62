package import JSON

/// What a server said to one step, masked.
package struct JSONLine: Sendable, Hashable {
    package var value: JSONValue

    package init(_ value: JSONValue) { self.value = value }

    /// The form in which recordings are kept: one line a step.
    package static func file(_ lines: [JSONLine]) -> [UInt8] {
        lines.flatMap { $0.value.serialized() + [UInt8(ascii: "\n")] }
    }

    package static func read(_ bytes: [UInt8]) throws -> [JSONLine] {
        try bytes.split(separator: UInt8(ascii: "\n")).map { JSONLine(try JSONValue(parsing: Array($0))) }
    }
}
