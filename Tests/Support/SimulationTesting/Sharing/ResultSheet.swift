import Glibc

/// Lines that many processes write and one reads: a file without a name, since a pipe that is full would hold them up.
///
/// Each line is written whole, behind all others.
final class ResultSheet: Sendable {
    private let file: Int32

    /// Nil where there is no folder for it.
    init?() {
        var template = Array("/tmp/simulate-XXXXXX\0".utf8CString)
        file = mkstemp(&template)
        guard file >= 0, fcntl(file, F_SETFL, O_APPEND) == 0 else { return nil }
        unlink(template)
    }

    func add(_ line: [UInt8]) {
        let whole = line + [UInt8(ascii: "\n")]
        // A result that is lost would pass for one that is good.
        guard write(file, whole, whole.count) == whole.count else { fatalError("cannot write a result: \(errno)") }
    }

    /// The lines behind the first `bytes`, which grow by what was taken; one that is still being written is left.
    func lines(behind bytes: inout Int) -> [[UInt8]] {
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = pread(file, &buffer, buffer.count, bytes + text.count)
            guard count > 0 else { break }
            text += buffer[..<count]
        }
        let newline = UInt8(ascii: "\n")
        let whole = text[..<(text.lastIndex(of: newline).map { $0 + 1 } ?? 0)]
        bytes += whole.count
        return whole.split(separator: newline).map(Array.init)
    }
}
