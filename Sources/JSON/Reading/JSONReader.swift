/// Pulls values out of one JSON document (RFC 8259) without building a tree.
///
///     try reader.beginObject()
///     while let key = try reader.nextKey() {
///         switch key {
///         case "name": name = try reader.string()
///         default: try reader.skip()
///         }
///     }
///
/// Invariants: `position <= end <= bytes.count`; `depth` counts the open containers; `isFresh` is true only between the
/// opening of a container and the first look for its content, which is what decides whether a comma must come.
/// A caller that pulls in the wrong order gets an error, never a trap. Each key's value must be consumed before the next
/// key. Keys that come twice are seen twice here; ``value()`` refuses them.
package struct JSONReader {
    let bytes: [UInt8]
    let end: Int
    let limits: JSONLimits
    var position = 0
    var depth = 0
    var isFresh = false
    var keepsLastDuplicate = false

    package init(_ bytes: [UInt8], limits: JSONLimits = .standard) {
        self.bytes = bytes
        self.limits = limits
        // What lies beyond the limit is never looked at; `failure` then blames the size.
        end = min(bytes.count, max(0, limits.bytes))
    }

    /// Bytes consumed so far.
    package var offset: Int { position }

    package mutating func beginObject() throws(JSONError) {
        try open(UInt8(ascii: "{"), "expected an object")
    }

    /// The next key of the innermost object, or nil, which closes the object.
    package mutating func nextKey() throws(JSONError) -> String? {
        guard try advance(to: UInt8(ascii: "}"), "expected ',' or '}'") else { return nil }
        guard peek() == UInt8(ascii: "\"") else { throw failure("expected a key") }
        let key = try scanString()
        try expect(UInt8(ascii: ":"), "expected ':'")
        return key
    }

    package mutating func beginArray() throws(JSONError) {
        try open(UInt8(ascii: "["), "expected an array")
    }

    /// Whether another element follows in the innermost array; false closes the array.
    package mutating func nextElement() throws(JSONError) -> Bool {
        try advance(to: UInt8(ascii: "]"), "expected ',' or ']'")
    }

    package mutating func string() throws(JSONError) -> String {
        guard peek() == UInt8(ascii: "\"") else { throw failure("expected a string") }
        return try scanString()
    }

    /// A number without fraction or exponent that Int64 can hold.
    package mutating func integer() throws(JSONError) -> Int64 {
        let start = skippedSpace()
        guard case .integer(let value) = try scanNumber() else {
            throw failure("expected a 64-bit integer", at: start)
        }
        return value
    }

    package mutating func int() throws(JSONError) -> Int {
        Int(try integer())
    }

    /// Any finite number.
    package mutating func double() throws(JSONError) -> Double {
        let start = skippedSpace()
        switch try scanNumber() {
        case .integer(let value):
            return Double(value)
        case .text(let text):
            guard let value = Double(text), value.isFinite else { throw failure("number out of range", at: start) }
            return value
        }
    }

    package mutating func bool() throws(JSONError) -> Bool {
        switch peek() {
        case UInt8(ascii: "t"):
            try literal("true")
            return true
        case UInt8(ascii: "f"):
            try literal("false")
            return false
        default:
            throw failure("expected true or false")
        }
    }

    /// Consumes `null` when it is next.
    package mutating func nullIfPresent() throws(JSONError) -> Bool {
        guard peek() == UInt8(ascii: "n") else { return false }
        try literal("null")
        return true
    }

    package mutating func decode<Value: JSONDecodable>(_ type: Value.Type = Value.self) throws(JSONError) -> Value {
        try Value(from: &self)
    }

    /// Nil for `null`.
    package mutating func decodeIfPresent<Value: JSONDecodable>(
        _ type: Value.Type = Value.self
    ) throws(JSONError) -> Value? {
        try nullIfPresent() ? nil : try Value(from: &self)
    }

    /// Checks that only white space is left.
    package mutating func finish() throws(JSONError) {
        guard depth == 0 else { throw failure("unfinished document") }
        _ = peek()
        guard position == bytes.count else { throw failure("unexpected text after the document") }
    }

    /// An error at the current place, for decoders that find a value they cannot take.
    package func failure(_ message: String) -> JSONError {
        failure(message, at: position)
    }
}
