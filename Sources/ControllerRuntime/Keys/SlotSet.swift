/// Slots of a ``KeyIndex``, one bit each.
struct SlotSet: Sendable {
    private var words: [UInt64] = []

    func contains(_ slot: Int) -> Bool {
        slot >> 6 < words.count && words[slot >> 6] & (1 << UInt64(slot & 63)) != 0
    }

    mutating func insert(_ slot: Int) {
        while slot >> 6 >= words.count { words.append(0) }
        words[slot >> 6] |= 1 << UInt64(slot & 63)
    }

    mutating func remove(_ slot: Int) {
        if slot >> 6 < words.count { words[slot >> 6] &= ~(1 << UInt64(slot & 63)) }
    }
}
