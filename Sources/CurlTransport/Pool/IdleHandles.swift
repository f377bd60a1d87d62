internal import HTTP

/// Handles that wait for another request to the same place, the one used last on top.
///
/// A new handle costs some 25 options, among them copies of certificates and keys, and as many allocations: about half of
/// what a small request costs in all.
/// Invariants: at most `limit` handles; none of them is attached to a pool.
struct IdleHandles {
    private let limit: Int
    private var kept: [(destination: Destination, easy: EasyHandle)] = []

    init(limit: Int) {
        self.limit = limit
    }

    mutating func take(_ destination: Destination) -> EasyHandle? {
        guard let index = kept.lastIndex(where: { $0.destination == destination }) else { return nil }
        return kept.remove(at: index).easy
    }

    mutating func keep(_ easy: EasyHandle, _ destination: Destination) {
        guard limit > 0 else { return }
        if kept.count == limit { kept.removeFirst() }
        kept.append((destination, easy))
    }
}
