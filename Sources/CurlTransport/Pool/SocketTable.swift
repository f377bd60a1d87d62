internal import CLinux
internal import Glibc

/// Which sockets of one pool are in the loop's epoll, and for what.
///
/// libcurl takes its interest in a kept connection back after each exchange and declares it again with the next. Telling the
/// kernel each time costs three calls a request, so a connection stays registered until it shows an event nobody wants.
/// Invariants: `registered` is what the kernel has; `wanted` what libcurl asked for; only descriptors whose opening and
/// closing we see (`connections`) stay registered unwanted, because the number of any other may be another socket's by now.
struct SocketTable {
    private struct Interest {
        var registered: UInt32
        var wanted: UInt32
    }

    private let epoll: Int32
    private let kind: PoolKind
    private var connections: Set<Int32> = []
    private var interests: [Int32: Interest] = [:]

    init(epoll: Int32, kind: PoolKind) {
        self.epoll = epoll
        self.kind = kind
    }

    /// Those that libcurl wants to hear of.
    var open: [Int32] { interests.lazy.filter { $0.value.wanted != 0 }.map(\.key) }

    /// A connection of ours has this number from now on.
    mutating func opened(_ descriptor: Int32) {
        interests[descriptor] = nil
        // A connected WebSocket's descriptor goes over to a registration of its own.
        if kind != .webSocket { connections.insert(descriptor) }
    }

    /// The descriptor is about to be closed, which takes it out of the epoll.
    mutating func closed(_ descriptor: Int32) {
        interests[descriptor] = nil
        connections.remove(descriptor)
    }

    mutating func want(_ events: UInt32, on descriptor: Int32) {
        let registered = interests[descriptor]?.registered ?? 0
        let stays = connections.contains(descriptor)
        if events != 0 {
            if !stays || events != registered { register(events, descriptor, isKnown: registered != 0) }
            interests[descriptor] = Interest(registered: events, wanted: events)
        } else if stays, registered != 0 {
            interests[descriptor]?.wanted = 0
        } else {
            drop(descriptor)
        }
    }

    /// Whether libcurl is to hear of an event; one nobody wants is not reported again.
    mutating func admits(_ descriptor: Int32) -> Bool {
        guard let interest = interests[descriptor] else { return false }
        guard interest.wanted == 0 else { return true }
        drop(descriptor)
        return false
    }

    private mutating func drop(_ descriptor: Int32) {
        // Fails when libcurl has closed it already; then the kernel has removed it.
        if interests.removeValue(forKey: descriptor) != nil {
            aiops_epoll_control(epoll, EPOLL_CTL_DEL, descriptor, 0, 0)
        }
    }

    private func register(_ events: UInt32, _ descriptor: Int32, isKnown: Bool) {
        let token = LoopToken.pool(kind, descriptor: descriptor).raw
        let (first, second) = isKnown ? (EPOLL_CTL_MOD, EPOLL_CTL_ADD) : (EPOLL_CTL_ADD, EPOLL_CTL_MOD)
        if aiops_epoll_control(epoll, first, descriptor, events, token) != 0 {
            aiops_epoll_control(epoll, second, descriptor, events, token)
        }
    }
}
