extension JSONReader {
    /// The next value as a tree; an object that names a key twice is refused.
    package mutating func value() throws(JSONError) -> JSONValue {
        switch peek() {
        case UInt8(ascii: "{"):
            try beginObject()
            var object = JSONObject()
            while true {
                let start = position
                guard let key = try nextKey() else { return .object(object) }
                let value = try value()
                guard object.append(key, value) else {
                    guard keepsLastDuplicate else { throw failure("key \"\(key)\" comes twice", at: start) }
                    object[key] = value
                    continue
                }
            }
        case UInt8(ascii: "["):
            try beginArray()
            var array: [JSONValue] = []
            while try nextElement() { array.append(try value()) }
            return .array(array)
        case UInt8(ascii: "\""):
            return .string(try scanString())
        case UInt8(ascii: "t"), UInt8(ascii: "f"):
            return .bool(try bool())
        case UInt8(ascii: "n"):
            try literal("null")
            return .null
        default:
            switch try scanNumber() {
            case .integer(let value): return .integer(value)
            case .text(let text): return .number(text)
            }
        }
    }

    /// Moves past the next value; checks its structure and numbers, not the encoding of its strings.
    package mutating func skip() throws(JSONError) {
        switch peek() {
        case UInt8(ascii: "{"):
            try beginObject()
            while try advance(to: UInt8(ascii: "}"), "expected ',' or '}'") {
                guard peek() == UInt8(ascii: "\"") else { throw failure("expected a key") }
                try skipString()
                try expect(UInt8(ascii: ":"), "expected ':'")
                try skip()
            }
        case UInt8(ascii: "["):
            try beginArray()
            while try nextElement() { try skip() }
        case UInt8(ascii: "\""):
            try skipString()
        case UInt8(ascii: "t"):
            try literal("true")
        case UInt8(ascii: "f"):
            try literal("false")
        case UInt8(ascii: "n"):
            try literal("null")
        default:
            _ = try scanNumber()
        }
    }

    /// The bytes of the next value without the white space around it, checked as ``skip()`` does.
    package mutating func rawValue() throws(JSONError) -> [UInt8] {
        let start = skippedSpace()
        try skip()
        return Array(bytes[start..<position])
    }
}
