internal import JSON
internal import Primitives

/// Turns tokens back into JSON text.
///
/// Bytes that no `PackedWriter` wrote are refused, never trapped on.
struct PackedReader {
    private let bytes: [UInt8]
    private let symbols: SymbolTable
    private var position = 0
    private var writer = JSONWriter()

    init(_ bytes: [UInt8], _ symbols: SymbolTable) {
        self.bytes = bytes
        self.symbols = symbols
    }

    mutating func json() throws(JSONError) -> [UInt8] {
        try value(try byte())
        return writer.bytes
    }

    private mutating func value(_ token: UInt8) throws(JSONError) {
        switch token {
        case PackedToken.null: writer.null()
        case PackedToken.no: writer.bool(false)
        case PackedToken.yes: writer.bool(true)
        case PackedToken.integer: writer.integer(try zigzag())
        case PackedToken.number: writer.raw(Array(try take(try count())))
        case PackedToken.object:
            writer.beginObject()
            while case let key = try byte(), key != PackedToken.end {
                writer.key(try text(key))
                try value(try byte())
            }
            writer.endObject()
        case PackedToken.array:
            writer.beginArray()
            while case let element = try byte(), element != PackedToken.end { try value(element) }
            writer.endArray()
        default: writer.string(try text(token))
        }
    }

    private mutating func text(_ token: UInt8) throws(JSONError) -> String {
        switch token {
        case PackedToken.shortSymbol...: return try symbol(Int(token - PackedToken.shortSymbol))
        case PackedToken.shortText...:
            return String(decoding: try take(Int(token - PackedToken.shortText)), as: UTF8.self)
        case PackedToken.text: return String(decoding: try take(try count()), as: UTF8.self)
        case PackedToken.symbol: return try symbol(try count())
        case PackedToken.uuid:
            let words = try take(16)
            let high = words.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let low = words.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return ObjectUID.uuid(high, low).description
        case PackedToken.time: return Timestamp(seconds: try zigzag()).rfc3339
        default: throw failure()
        }
    }

    private func symbol(_ number: Int) throws(JSONError) -> String {
        guard let text = symbols.text(of: number) else { throw failure() }
        return text
    }

    private mutating func zigzag() throws(JSONError) -> Int64 {
        let value = try varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    private mutating func count() throws(JSONError) -> Int {
        guard let count = Int(exactly: try varint()) else { throw failure() }
        return count
    }

    private mutating func varint() throws(JSONError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            let next = try byte()
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
        }
        throw failure()
    }

    private mutating func byte() throws(JSONError) -> UInt8 {
        guard position < bytes.count else { throw failure() }
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func take(_ count: Int) throws(JSONError) -> ArraySlice<UInt8> {
        guard count <= bytes.count - position else { throw failure() }
        defer { position += count }
        return bytes[position..<position + count]
    }

    private func failure() -> JSONError { JSONError(offset: position, message: "not a packed object") }
}
