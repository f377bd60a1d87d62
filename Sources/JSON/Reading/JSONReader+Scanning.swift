extension JSONReader {
    /// Skips white space and looks at the next byte; 0 at the end, which no token begins with.
    @inline(__always)
    mutating func peek() -> UInt8 {
        while position < end {
            let byte = bytes[position]
            guard byte <= 0x20 else { return byte }
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            position += 1
        }
        return 0
    }

    @inline(__always)
    mutating func skippedSpace() -> Int {
        _ = peek()
        return position
    }

    @inline(__always)
    mutating func expect(_ byte: UInt8, _ message: StaticString) throws(JSONError) {
        guard peek() == byte, position < end else { throw failure(message) }
        position += 1
    }

    @inline(__always)
    mutating func open(_ bracket: UInt8, _ message: StaticString) throws(JSONError) {
        try expect(bracket, message)
        guard depth < limits.depth else {
            position -= 1
            throw failure("nested deeper than \(limits.depth)")
        }
        depth += 1
        isFresh = true
    }

    /// Moves to the next member or element; false when `bracket` closed the container instead.
    @inline(__always)
    mutating func advance(to bracket: UInt8, _ message: StaticString) throws(JSONError) -> Bool {
        guard depth > 0 else { throw failure("no container is open") }
        let next = peek()
        if next == bracket {
            position += 1
            depth -= 1
            isFresh = false
            return false
        }
        if isFresh {
            isFresh = false
            guard position < end else { throw failure(message) }
            return true
        }
        guard next == UInt8(ascii: ",") else { throw failure(message) }
        position += 1
        guard peek() != bracket else { throw failure("unexpected ','") }
        return true
    }

    mutating func literal(_ word: String) throws(JSONError) {
        let start = position
        for byte in word.utf8 {
            guard position < end, bytes[position] == byte else { throw failure("expected \(word)", at: start) }
            position += 1
        }
    }

    @inline(never)
    func failure(_ message: StaticString) -> JSONError {
        failure(message.description, at: position)
    }

    @inline(never)
    func failure(_ message: String, at offset: Int) -> JSONError {
        guard position == end else { return JSONError(offset: offset, message: message) }
        guard end == bytes.count else {
            return JSONError(offset: end, message: "document larger than \(limits.bytes) bytes")
        }
        return JSONError(offset: end, message: "unexpected end of document, \(message)")
    }
}
