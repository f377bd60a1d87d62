/// Writes one JSON document; members come out in the order they are written.
///
/// Invariants: `needsComma` is true exactly when a value ended in the innermost container; `depth` counts open
/// containers and is used for indentation only. Calls in the wrong order give malformed text, never a trap.
package struct JSONWriter {
    package private(set) var bytes: [UInt8] = []
    private let isPretty: Bool
    private var depth = 0
    private var needsComma = false
    private var followsKey = false

    /// Pretty text has one member per line and two blanks per level.
    package init(pretty: Bool = false) {
        isPretty = pretty
    }

    package mutating func beginObject() { open(UInt8(ascii: "{")) }
    package mutating func endObject() { close(UInt8(ascii: "}")) }
    package mutating func beginArray() { open(UInt8(ascii: "[")) }
    package mutating func endArray() { close(UInt8(ascii: "]")) }

    package mutating func key(_ name: String) {
        separate()
        appendQuoted(name)
        bytes.append(UInt8(ascii: ":"))
        if isPretty { bytes.append(0x20) }
        followsKey = true
    }

    package mutating func string(_ value: String) {
        separate()
        appendQuoted(value)
        needsComma = true
    }

    package mutating func integer(_ value: Int64) { scalar(String(value)) }
    package mutating func integer(_ value: Int) { scalar(String(value)) }
    package mutating func bool(_ value: Bool) { scalar(value ? "true" : "false") }
    package mutating func null() { scalar("null") }

    /// What is not finite has no JSON form and becomes null.
    package mutating func double(_ value: Double) { self.value(JSONValue(value)) }

    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .integer(let value): integer(value)
        case .number(let text): number(text)
        case .string(let value): string(value)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let object):
            beginObject()
            for (key, value) in object {
                self.key(key)
                self.value(value)
            }
            endObject()
        }
    }

    /// Takes bytes that are one well-formed JSON value already, such as ``JSONReader/rawValue()`` gave.
    package mutating func raw(_ value: [UInt8]) {
        separate()
        bytes.append(contentsOf: value)
        needsComma = true
    }

    package mutating func encode<Value: JSONEncodable>(_ value: Value) {
        value.encode(to: &self)
    }

    /// Writes key and value, or nothing when the value is nil.
    package mutating func field<Value: JSONEncodable>(_ name: String, _ value: Value?) {
        guard let value else { return }
        key(name)
        value.encode(to: &self)
    }

    /// Writes key and value, or nothing when the collection is empty, as Go's `omitempty` does.
    package mutating func field<Value: JSONEncodable & Collection>(_ name: String, nonEmpty value: Value) {
        guard !value.isEmpty else { return }
        field(name, value)
    }

    /// Text that is no JSON number is written as a string, so that it cannot break the document.
    private mutating func number(_ text: String) {
        var reader = JSONReader(Array(text.utf8))
        do {
            _ = try reader.scanNumber()
            try reader.finish()
            scalar(text)
        } catch {
            string(text)
        }
    }

    private mutating func scalar(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
        needsComma = true
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        depth += 1
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        depth = max(0, depth - 1)
        if needsComma { breakLine() }
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if followsKey {
            followsKey = false
            return
        }
        if needsComma {
            bytes.append(UInt8(ascii: ","))
            needsComma = false
        }
        if depth > 0 { breakLine() }
    }

    private mutating func breakLine() {
        guard isPretty else { return }
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: depth * 2))
    }

    private mutating func appendQuoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        // A span is read without a call a byte, and most texts need no escape.
        let units = text.utf8.span
        var clean = 0
        while clean < units.count, !JSONEscape.isNeeded(units[clean]) { clean += 1 }
        if clean == units.count {
            bytes.append(contentsOf: text.utf8)
        } else {
            for index in units.indices { JSONEscape.append(units[index], to: &bytes) }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
