internal import JSON
internal import Primitives

/// Turns JSON text into tokens.
struct PackedWriter {
    private(set) var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(512) }

    /// Bytes that `PackedReader` gives back as they are.
    init(text: [UInt8]) {
        bytes = []
        append(token: PackedToken.number, count: text.count)
        bytes += text
    }

    mutating func pack(_ reader: inout JSONReader, _ symbols: inout SymbolTable) throws(JSONError) {
        try pack(try reader.value(), &symbols)
        // Grown by doubling; what is kept a hundred thousand times must not be half empty.
        bytes = bytes.withUnsafeBufferPointer { Array($0) }
    }

    private mutating func pack(_ value: JSONValue, _ symbols: inout SymbolTable) throws(JSONError) {
        switch value {
        case .null: bytes.append(PackedToken.null)
        case .bool(let value): bytes.append(value ? PackedToken.yes : PackedToken.no)
        case .integer(let value):
            bytes.append(PackedToken.integer)
            append(zigzag: value)
        case .number(let text):
            append(token: PackedToken.number, count: text.utf8.count)
            bytes += text.utf8
        case .string(let text): append(text, isKey: false, &symbols)
        case .array(let elements):
            bytes.append(PackedToken.array)
            for element in elements { try pack(element, &symbols) }
            bytes.append(PackedToken.end)
        case .object(let members):
            bytes.append(PackedToken.object)
            for (key, value) in members {
                append(key, isKey: true, &symbols)
                try pack(value, &symbols)
            }
            bytes.append(PackedToken.end)
        }
    }

    private mutating func append(_ text: String, isKey: Bool, _ symbols: inout SymbolTable) {
        if !isKey, case .uuid(let high, let low) = ObjectUID(text) {
            bytes.append(PackedToken.uuid)
            for word in [high, low] {
                for shift in stride(from: UInt64(56), through: 0, by: -8) {
                    bytes.append(UInt8(truncatingIfNeeded: word >> shift))
                }
            }
        } else if !isKey, let seconds = Self.seconds(text) {
            bytes.append(PackedToken.time)
            append(zigzag: seconds)
        } else if let number = symbols.number(of: text, isKey: isKey).map(Int.init) {
            if number < PackedToken.shortSymbolLimit {
                bytes.append(PackedToken.shortSymbol + UInt8(number))
            } else {
                append(token: PackedToken.symbol, count: number)
            }
        } else {
            let count = text.utf8.count
            if count < PackedToken.shortTextLimit {
                bytes.append(PackedToken.shortText + UInt8(count))
            } else {
                append(token: PackedToken.text, count: count)
            }
            bytes += text.utf8
        }
    }

    /// Nil unless the very text comes back from the seconds.
    private static func seconds(_ text: String) -> Int64? {
        guard text.utf8.count == 20, text.utf8.last == UInt8(ascii: "Z"), let time = Timestamp(rfc3339: text) else {
            return nil
        }
        let seconds = (time - Timestamp(seconds: 0)).wholeSeconds
        return Timestamp(seconds: seconds).rfc3339 == text ? seconds : nil
    }

    private mutating func append(token: UInt8, count: Int) {
        bytes.append(token)
        append(varint: UInt64(count))
    }

    private mutating func append(zigzag value: Int64) {
        append(varint: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    private mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
