internal import HTTP

/// Refuses what must not reach the wire: a method, name or value that would smuggle in another header.
enum RequestCheck {
    static func check(_ request: HTTPRequest) throws(HTTPError) -> RequestTarget {
        guard isToken(request.method) else { throw .invalidRequest("the method is not a token") }
        try check(request.headers)
        guard let target = RequestTarget(request.url) else {
            throw .invalidRequest("not an absolute http or https address")
        }
        // Also refused where the connection is made; behind a proxy, though, this is the only place that sees the address.
        if request.refusesLinkLocal, LinkLocal.isWrittenOut(target.host) { throw .refusedAddress(target.host) }
        return target
    }

    static func check(_ request: WebSocketRequest) throws(HTTPError) {
        try check(request.headers)
        guard request.subprotocols.allSatisfy(isToken) else { throw .invalidRequest("a subprotocol is not a token") }
        guard RequestTarget(request.url) != nil else {
            throw .invalidRequest("not an absolute https, http, wss or ws address")
        }
    }

    static func check(_ headers: HTTPHeaders) throws(HTTPError) {
        for (name, value) in headers {
            guard isToken(name) else { throw .invalidRequest("not a header name: \(name)") }
            guard all(value, { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw .invalidRequest("control characters in header \(name)")
            }
        }
    }

    /// A token by RFC 9110, section 5.6.2.
    static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && all(text) { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "!"),
                    UInt8(ascii: "#")...UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "|"),
                    UInt8(ascii: "^")...UInt8(ascii: "`"), UInt8(ascii: "~"):
                    true
                default: false
                }
            }
    }

    /// Over the bytes in place, for each header of each request.
    @inline(__always)
    private static func all(_ text: String, _ isGood: (UInt8) -> Bool) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            for byte in bytes where !isGood(byte) { return false }
            return true
        }
    }
}
