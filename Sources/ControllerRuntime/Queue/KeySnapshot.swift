package import KubernetesModel

/// What the queue knows of one key at a moment, for a person who asks why.
package struct KeySnapshot: Sendable, Hashable {
    package enum Place: String, Sendable, Hashable {
        case ready, waiting, processing
        /// Handed out and wanted again.
        case dirty
        /// Not wanted; only its failures are remembered.
        case resting
    }

    package var key: ObjectKey
    package var place: Place
    package var priority: QueuePriority
    /// In its place since then; for a waiting key the time left.
    package var time: Duration
    package var failures: Int
    package var reasons: ReasonSet
}

extension WorkQueue {
    /// How long a key may be in each place before somebody should be told.
    package struct Patience: Sendable, Hashable {
        /// Ready and not handed out.
        package var ready: Duration
        /// Handed out and not given back.
        package var processing: Duration
        /// Due and not made ready.
        package var due: Duration

        package init(ready: Duration = .seconds(600), processing: Duration, due: Duration = .seconds(30)) {
            self.ready = ready
            self.processing = processing
            self.due = due
        }
    }

    /// The keys that are past their deadline: each one is a bug or an overload, and must be seen.
    package func overdue(now: Duration, _ patience: Patience) -> [ObjectKey] {
        nodes.indices.filter { slot in
            let node = nodes[slot]
            if node.isOut { return now - node.since > patience.processing }
            return switch node.wish {
            case .ready: now - node.time > patience.ready
            case .delayed: now - node.time > patience.due
            case .none: false
            }
        }.map { index.key(at: $0) }
    }

    /// Up to `limit` keys, those that are handed out first.
    package func snapshot(now: Duration, limit: Int) -> [KeySnapshot] {
        let slots = nodes.indices.filter { nodes[$0].isOut || nodes[$0].wish != .none || nodes[$0].failures > 0 }
        let sorted = slots.sorted { left, right in
            nodes[left].isOut == nodes[right].isOut ? index.key(at: left) < index.key(at: right) : nodes[left].isOut
        }
        return sorted.prefix(limit).map { slot in
            let node = nodes[slot]
            let place: KeySnapshot.Place =
                switch (node.isOut, node.wish) {
                case (true, .ready): .dirty
                case (true, _): .processing
                case (false, .ready): .ready
                case (false, .delayed): .waiting
                case (false, .none): .resting
                }
            let time =
                switch place {
                case .dirty, .processing: now - node.since
                case .ready: now - node.time
                case .waiting: node.time - now
                case .resting: Duration.zero
                }
            return KeySnapshot(
                key: index.key(at: slot), place: place, priority: node.priority, time: time,
                failures: Int(node.failures), reasons: node.reasons)
        }
    }

    /// Since when the key that has been out longest is out.
    package var oldestProcessing: Duration? { nodes.lazy.filter(\.isOut).map(\.since).min() }

    /// The sum of the times that keys have been out so far.
    package func unfinishedWork(now: Duration) -> Duration {
        nodes.lazy.filter(\.isOut).reduce(.zero) { $0 + (now - $1.since) }
    }
}
