package import KubernetesModel

/// Gives each key a small number, its slot, for as long as it is in: tables beside it are arrays instead of dictionaries,
/// and a key is hashed once per operation however many tables there are.
///
/// Invariants
/// - `buckets.count` is zero or a power of two, at most three quarters of it taken; a bucket holds a slot plus one, or 0;
/// - linear probing without gaps: from a key's home bucket to its bucket none is 0;
/// - a slot is either in `free` or of exactly one bucket; `count` is the number of the latter.
package struct KeyIndex: Sendable {
    private var buckets: [UInt32] = []
    private var keys: [ObjectKey] = []
    private var hashes: [UInt32] = []
    private var free: [UInt32] = []
    package private(set) var count = 0

    package init() {}

    /// Slots given out so far, those that are free again included.
    package var slotCount: Int { keys.count }

    package func key(at slot: Int) -> ObjectKey { keys[slot] }

    package func slot(of key: ObjectKey) -> Int? {
        guard count > 0 else { return nil }
        return find(key, Self.hash(key))
    }

    /// The slot of the key, given to it now unless it has one.
    package mutating func insert(_ key: ObjectKey) -> (slot: Int, isNew: Bool) {
        let hash = Self.hash(key)
        if count > 0, let slot = find(key, hash) { return (slot, false) }
        if (count + 1) * 4 > buckets.count * 3 { grow() }
        let slot: Int
        if let freed = free.popLast() {
            slot = Int(freed)
            keys[slot] = key
            hashes[slot] = hash
        } else {
            slot = keys.count
            keys.append(key)
            hashes.append(hash)
        }
        place(slot, hash)
        count += 1
        return (slot, true)
    }

    package mutating func remove(at slot: Int) {
        let mask = buckets.count - 1
        var hole = Int(hashes[slot]) & mask
        while buckets[hole] != UInt32(slot) + 1 { hole = (hole + 1) & mask }
        var next = (hole + 1) & mask
        while buckets[next] != 0 {
            let home = Int(hashes[Int(buckets[next]) - 1]) & mask
            // Moves back only what may stand in the hole: its home is not between the hole and itself.
            if (next - home) & mask >= (next - hole) & mask {
                buckets[hole] = buckets[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        buckets[hole] = 0
        keys[slot] = ObjectKey(name: "")
        free.append(UInt32(slot))
        count -= 1
    }

    private func find(_ key: ObjectKey, _ hash: UInt32) -> Int? {
        let mask = buckets.count - 1
        var bucket = Int(hash) & mask
        while buckets[bucket] != 0 {
            let slot = Int(buckets[bucket]) - 1
            if hashes[slot] == hash, keys[slot] == key { return slot }
            bucket = (bucket + 1) & mask
        }
        return nil
    }

    private mutating func place(_ slot: Int, _ hash: UInt32) {
        let mask = buckets.count - 1
        var bucket = Int(hash) & mask
        while buckets[bucket] != 0 { bucket = (bucket + 1) & mask }
        buckets[bucket] = UInt32(slot) + 1
    }

    private mutating func grow() {
        let old = buckets
        buckets = Array(repeating: 0, count: max(16, old.count * 2))
        for bucket in old where bucket != 0 { place(Int(bucket) - 1, hashes[Int(bucket) - 1]) }
    }

    /// Seeded by the process, so that nobody who may name objects can make keys collide.
    private static func hash(_ key: ObjectKey) -> UInt32 {
        var hasher = Hasher()
        hasher.combine(key)
        return UInt32(truncatingIfNeeded: hasher.finalize())
    }
}
