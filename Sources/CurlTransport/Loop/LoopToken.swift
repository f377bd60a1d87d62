/// Whose readiness an epoll event reports, packed into the 64 bits the kernel hands back.
enum LoopToken: Hashable {
    case mailbox
    case pool(PoolKind, descriptor: Int32)
    case webSocket(descriptor: Int32)

    private static let mailboxTag: UInt64 = 0x100
    private static let webSocketTag: UInt64 = 0x101

    var raw: UInt64 {
        switch self {
        case .mailbox: Self.mailboxTag << 32
        case .pool(let kind, let descriptor): UInt64(kind.rawValue) << 32 | UInt64(UInt32(bitPattern: descriptor))
        case .webSocket(let descriptor): Self.webSocketTag << 32 | UInt64(UInt32(bitPattern: descriptor))
        }
    }

    init?(raw: UInt64) {
        let descriptor = Int32(bitPattern: UInt32(truncatingIfNeeded: raw))
        switch raw >> 32 {
        case Self.mailboxTag: self = .mailbox
        case Self.webSocketTag: self = .webSocket(descriptor: descriptor)
        case let tag:
            guard let kind = PoolKind(rawValue: Int(tag)) else { return nil }
            self = .pool(kind, descriptor: descriptor)
        }
    }
}
