internal import Glibc

/// Tells link-local addresses from others: 169.254.0.0/16 and fe80::/10, also where IPv6 carries the IPv4 address.
///
/// Clouds serve the credentials of the node on such an address to whoever asks from it.
enum LinkLocal {
    /// Whether an address in network order, of 4 or 16 bytes, is one.
    static func contains(_ address: some Collection<UInt8>) -> Bool {
        let bytes = Array(address)
        switch bytes.count {
        case 4: return bytes[0] == 169 && bytes[1] == 254
        case 16:
            if bytes[0] == 0xFE, bytes[1] & 0xC0 == 0x80 { return true }
            return carriers.contains { prefix, offset in
                bytes.starts(with: prefix) && contains(bytes[offset..<offset + 4])
            }
        default: return false
        }
    }

    /// Whether a host as a URL writes it is such an address, in any spelling the system's resolver takes.
    static func isWrittenOut(_ host: String) -> Bool {
        let text = host.hasPrefix("[") ? String(host.dropFirst().prefix { $0 != "]" && $0 != "%" }) : host
        var four = in_addr()
        if inet_aton(text, &four) != 0 { return contains(withUnsafeBytes(of: four) { Array($0) }) }
        var six = in6_addr()
        return inet_pton(AF_INET6, text, &six) == 1 && contains(withUnsafeBytes(of: six) { Array($0) })
    }

    /// Whether the address in a socket address structure is one.
    static func contains(_ address: UnsafePointer<sockaddr>, family: Int32) -> Bool {
        switch family {
        case AF_INET:
            address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { four in
                withUnsafeBytes(of: four.pointee.sin_addr) { contains($0) }
            }
        case AF_INET6:
            address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { six in
                withUnsafeBytes(of: six.pointee.sin6_addr) { contains($0) }
            }
        default: false
        }
    }

    /// Prefixes of IPv6 addresses that lead to an IPv4 address, and where in them it stands.
    private static let carriers: [(prefix: [UInt8], offset: Int)] = [
        // Mapped (RFC 4291, 2.5.5.2) and compatible (2.5.5.1).
        ([UInt8](repeating: 0, count: 10) + [0xFF, 0xFF], 12), ([UInt8](repeating: 0, count: 12), 12),
        // The translators' prefix (RFC 6052) and 6to4 (RFC 3056).
        ([0x00, 0x64, 0xFF, 0x9B] + [UInt8](repeating: 0, count: 8), 12), ([0x20, 0x02], 2),
    ]
}
