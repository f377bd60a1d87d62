import CCrypto

/// A SHA-256 digest (FIPS 180-4), computed by libcrypto.
package struct SHA256Digest: Sendable, Hashable {
    /// Always 32 bytes.
    package let bytes: [UInt8]

    package var hex: String { Hexadecimal.encode(bytes) }

    package static func of(_ bytes: [UInt8]) -> SHA256Digest {
        let digest = [UInt8](unsafeUninitializedCapacity: Int(SHA256_DIGEST_LENGTH)) { buffer, count in
            _ = bytes.withUnsafeBufferPointer { input in
                SHA256(input.baseAddress, input.count, buffer.baseAddress)
            }
            count = Int(SHA256_DIGEST_LENGTH)
        }
        return SHA256Digest(bytes: digest)
    }

    package static func of(_ text: String) -> SHA256Digest {
        of(Array(text.utf8))
    }
}
