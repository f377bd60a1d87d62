/// The ready keys of one priority: first in, first out within a namespace, and the namespaces take turns.
///
/// Keys stand here by their slot; one that was raised to another lane leaves its entry behind, which its ticket tells.
///
/// Invariants
/// - `ring` holds exactly the namespaces that have a line; the first one is served next;
/// - a line is never empty.
struct FairLane: Sendable {
    struct Entry: Sendable, Hashable {
        var slot: UInt32
        var ticket: UInt32
    }

    /// Invariant: not empty between calls.
    private struct Line {
        var entries: [Entry]
        var head = 0

        var first: Entry { entries[head] }

        /// Moves the rest forward only when half is spent, which keeps a pop cheap on average.
        mutating func dropFirst() {
            head += 1
            guard head > 32, head * 2 > entries.count else { return }
            entries.removeFirst(head)
            head = 0
        }
    }

    private var lines: [String: Line] = [:]
    private var ring: [String] = []
    private var ringHead = 0

    var isEmpty: Bool { ringHead == ring.count }

    /// Whose turn it is.
    var first: Entry? {
        guard ringHead < ring.count, let line = lines[ring[ringHead]] else { return nil }
        return line.first
    }

    mutating func append(_ entry: Entry, namespace: String) {
        if lines[namespace]?.entries.append(entry) == nil {
            lines[namespace] = Line(entries: [entry])
            ring.append(namespace)
        }
    }

    /// Takes the first; the namespace goes to the end of the ring, unless the entry counts for nothing.
    mutating func popFirst(isTurn: Bool = true) -> Entry? {
        guard ringHead < ring.count, let index = lines.index(forKey: ring[ringHead]) else { return nil }
        let entry = lines.values[index].first
        lines.values[index].dropFirst()
        if lines.values[index].head == lines.values[index].entries.count {
            lines.remove(at: index)
            ringHead += 1
        } else if isTurn {
            ring.append(ring[ringHead])
            ringHead += 1
        }
        if ringHead > 32, ringHead * 2 > ring.count {
            ring.removeFirst(ringHead)
            ringHead = 0
        }
        return entry
    }
}
