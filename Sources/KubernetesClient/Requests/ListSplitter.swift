import JSON

/// Cuts the bytes of one answer to a list request into its items, however they were cut on the way.
///
/// Invariants: at most one value that is not complete waits here, and none is longer than `valueLimit`; a value is
/// handed out once, as its exact bytes; whether those are well-formed is for the one who decodes them.
struct ListSplitter: Sendable {
    enum Piece: Sendable, Hashable {
        case item([UInt8])
        /// The list's own metadata.
        case metadata([UInt8])
    }

    /// etcd takes 1.5 MiB, which JSON and managed fields may more than double.
    static let valueLimit = 16 << 20

    private enum Place {
        case start, member, key, colon(isItems: Bool, isMetadata: Bool), value(isMetadata: Bool), items, item, end
    }

    private var buffer: [UInt8] = []
    /// The first byte that has not been looked at.
    private var position = 0
    /// Where the value in hand begins; what is before it is not needed any more.
    private var begin = 0
    private var place = Place.start
    private var depth = 0
    private var isInString = false
    private var isEscaped = false

    /// True when the answer's last bracket has been seen.
    var isComplete: Bool { if case .end = place { true } else { false } }

    mutating func append(_ bytes: [UInt8]) {
        if begin > 0 {
            buffer.removeFirst(begin)
            position -= begin
            begin = 0
        }
        if buffer.isEmpty { buffer = bytes } else { buffer += bytes }
    }

    /// The next piece; nil when more bytes are needed or the answer is complete.
    mutating func next() throws(JSONError) -> Piece? {
        while position < buffer.count {
            if let piece = try step() { return piece }
        }
        guard position - begin <= Self.valueLimit else { throw failure("value longer than \(Self.valueLimit) bytes") }
        return nil
    }

    private mutating func step() throws(JSONError) -> Piece? {
        let byte = buffer[position]
        switch place {
        case .value(let isMetadata):
            guard let value = try scanValue() else { return nil }
            place = .member
            return isMetadata ? .metadata(value) : nil
        case .item:
            guard let value = try scanValue() else { return nil }
            place = .items
            return .item(value)
        case .key:
            guard let key = try scanValue() else { return nil }
            place = .colon(
                isItems: key == Array("\"items\"".utf8), isMetadata: key == Array("\"metadata\"".utf8))
        case _ where byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09:
            consume()
        case .start:
            guard byte == UInt8(ascii: "{") else { throw failure("expected an object") }
            consume()
            place = .member
        case .member:
            try stepInMember(byte)
        case .colon(let isItems, let isMetadata):
            guard byte == UInt8(ascii: ":") else { throw failure("expected ':'") }
            consume()
            place = isItems ? .items : .value(isMetadata: isMetadata)
        case .items:
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: ","): consume()
            case UInt8(ascii: "]"):
                consume()
                place = .member
            case UInt8(ascii: "n"):
                // An empty list may be null.
                place = .value(isMetadata: false)
            default: place = .item
            }
        case .end:
            throw failure("unexpected text after the list")
        }
        return nil
    }

    private mutating func stepInMember(_ byte: UInt8) throws(JSONError) {
        switch byte {
        case UInt8(ascii: "}"):
            consume()
            place = .end
        case UInt8(ascii: ","):
            consume()
        case UInt8(ascii: "\""):
            place = .key
        default: throw failure("expected a key")
        }
    }

    private mutating func consume() {
        position += 1
        begin = position
    }

    /// Goes on to the end of the value in hand; nil when it is not all there.
    private mutating func scanValue() throws(JSONError) -> [UInt8]? {
        while position < buffer.count {
            let byte = buffer[position]
            if isInString {
                position += 1
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                    if depth == 0 { return takeValue() }
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                // A number or a word ends where its container does.
                if depth == 0 { return takeValue() }
                depth -= 1
                if depth == 0 {
                    position += 1
                    return takeValue()
                }
            case UInt8(ascii: ","), 0x20, 0x0A, 0x0D, 0x09:
                if depth == 0 {
                    if begin == position {
                        consume()
                        continue
                    }
                    return takeValue()
                }
            default: break
            }
            position += 1
        }
        guard position - begin <= Self.valueLimit else { throw failure("value longer than \(Self.valueLimit) bytes") }
        return nil
    }

    private mutating func takeValue() -> [UInt8] {
        defer { begin = position }
        return Array(buffer[begin..<position])
    }

    private func failure(_ message: String) -> JSONError {
        JSONError(offset: position, message: "\(message) in a list")
    }
}
