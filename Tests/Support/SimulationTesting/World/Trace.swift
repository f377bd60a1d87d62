import Primitives

/// What happened, in order, as one number; the lines themselves only where somebody will read them.
package struct Trace: Sendable {
    /// FNV-1a: the same trace gives the same number on every machine.
    package private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    package private(set) var lines: [String] = []

    mutating func fold(_ now: Duration, _ exchange: Exchange, _ status: Int) {
        fold(UInt64(bitPattern: now.microseconds))
        fold(UInt64(exchange.process) << 32 | UInt64(status))
        fold(exchange.method)
        fold(exchange.target)
        for byte in exchange.body { mix(byte) }
    }

    mutating func fold(_ now: Duration, _ line: String) {
        fold(UInt64(bitPattern: now.microseconds))
        fold(line)
    }

    mutating func keep(_ now: Duration, _ line: String) {
        let millis = now.milliseconds
        let rest = String(millis % 1000)
        lines.append("\(millis / 1000).\(String(repeating: "0", count: 3 - rest.utf8.count))\(rest) \(line)")
    }

    private mutating func fold(_ text: String) {
        for byte in text.utf8 { mix(byte) }
    }

    private mutating func fold(_ number: UInt64) {
        var rest = number
        for _ in 0..<8 {
            mix(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    private mutating func mix(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
}
