import CZlib

/// The gzip format (RFC 1952), by zlib: a whole buffer in, a whole buffer out.
///
/// Invariant: nothing that is given to `decompress` makes more than its limit and one piece of it, and only what is one whole gzip
/// member, with a length and a checksum that are right, comes back.
package enum Gzip {
    /// Without a time or a name, so the same bytes and the same zlib give the same result.
    package static func compress(_ bytes: [UInt8]) throws(GzipError) -> [UInt8] {
        guard let size = uInt(exactly: bytes.count) else { throw .tooLarge(limit: Int(uInt.max)) }
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        defer { stream.deallocate() }
        guard aiops_deflate_begin(stream, Z_DEFAULT_COMPRESSION) == Z_OK else { throw .noMemory }
        defer { deflateEnd(stream) }
        let bound = uInt(clamping: deflateBound(stream, uLong(size)))
        var input = bytes
        var code = Z_OK
        let output = input.withUnsafeMutableBufferPointer { input in
            [UInt8](unsafeUninitializedCapacity: Int(bound)) { space, count in
                stream.pointee.next_in = input.baseAddress
                stream.pointee.avail_in = size
                stream.pointee.next_out = space.baseAddress
                stream.pointee.avail_out = bound
                code = deflate(stream, Z_FINISH)
                count = Int(bound - stream.pointee.avail_out)
            }
        }
        // The bound is zlib's own, so there is always room.
        guard code == Z_STREAM_END else { throw .corrupt("zlib ended with \(code)") }
        return output
    }

    /// At most `limit` bytes are given; what holds more is refused, however small it came.
    package static func decompress(_ bytes: [UInt8], limit: Int) throws(GzipError) -> [UInt8] {
        guard let size = uInt(exactly: bytes.count) else { throw .tooLarge(limit: Int(uInt.max)) }
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        defer { stream.deallocate() }
        guard aiops_inflate_begin(stream) == Z_OK else { throw .noMemory }
        defer { inflateEnd(stream) }
        var input = bytes
        var output: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: pieceBytes)
        let code = input.withUnsafeMutableBufferPointer { input in
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = size
            var code = Z_OK
            while code == Z_OK, output.count <= limit {
                let made = piece.withUnsafeMutableBufferPointer { space in
                    stream.pointee.next_out = space.baseAddress
                    stream.pointee.avail_out = uInt(pieceBytes)
                    code = inflate(stream, Z_NO_FLUSH)
                    return pieceBytes - Int(stream.pointee.avail_out)
                }
                output += piece[..<made]
            }
            return code
        }
        if output.count > limit { throw .tooLarge(limit: limit) }
        switch code {
        case Z_STREAM_END: break
        // No step forward was possible: the end is missing.
        case Z_BUF_ERROR: throw .truncated
        case Z_MEM_ERROR: throw .noMemory
        default: throw .corrupt(stream.pointee.msg.map { String(cString: $0) } ?? "zlib ended with \(code)")
        }
        guard stream.pointee.avail_in == 0 else { throw .corrupt("\(stream.pointee.avail_in) bytes behind its end") }
        return output
    }

    private static let pieceBytes = 16 * 1024
}
