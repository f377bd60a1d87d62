package import KubernetesModel

/// The ready keys of one priority: first in, first out within a namespace, and the namespaces take turns.
///
/// Invariants
/// - `ring` holds exactly the namespaces that have a line; the first one is served next;
/// - a line is never empty.
package struct FairLane: Sendable {
    private struct Line {
        var keys: [ObjectKey] = []
        var head = 0
    }

    private var lines: [String: Line] = [:]
    private var ring: [String] = []
    private var ringHead = 0
    package private(set) var count = 0

    package init() {}

    package var isEmpty: Bool { count == 0 }

    package mutating func append(_ key: ObjectKey) {
        if lines[key.namespace] == nil { ring.append(key.namespace) }
        lines[key.namespace, default: Line()].keys.append(key)
        count += 1
    }

    package mutating func popFirst() -> ObjectKey? {
        guard ringHead < ring.count else { return nil }
        let namespace = ring[ringHead]
        ringHead += 1
        guard var line = lines.removeValue(forKey: namespace), line.head < line.keys.count else { return nil }
        let key = line.keys[line.head]
        line.head += 1
        count -= 1
        if line.head < line.keys.count {
            // Moving the rest forward only when half is spent keeps a pop cheap on average.
            if line.head > 32, line.head * 2 > line.keys.count {
                line.keys.removeFirst(line.head)
                line.head = 0
            }
            lines[namespace] = line
            ring.append(namespace)
        }
        if ringHead > 32, ringHead * 2 > ring.count {
            ring.removeFirst(ringHead)
            ringHead = 0
        }
        return key
    }
}
