package import KubernetesModel
package import Primitives

/// Turns notes into the fewest writes: the first of a kind creates an Event, the second makes it a series, later ones are
/// only counted, and the count is written now and then.
///
/// Figures from client-go's events broadcaster: a series is refreshed each 30 minutes and ends after 6 quiet ones.
///
/// Invariants
/// - at most `limit` series; when full, the one quiet for longest ends first;
/// - a series that ends with uncounted notes is written once more.
package struct EventSeriesBook: Sendable {
    package enum Write: Sendable, Hashable {
        case create(Event)
        case patch(ObjectKey, EventSeries)

        package var key: ObjectKey {
            switch self {
            case .create(let event): event.key
            case .patch(let key, _): key
            }
        }
    }

    private struct Identity: Hashable {
        var severity: EventNote.Severity
        var reason: String
        var action: String
        var regarding: ObjectReference
        var related: ObjectReference?
    }

    private struct Series {
        var event: ObjectKey
        var count = 1
        var writtenCount = 1
        var lastObserved: Timestamp
        var lastObservedAt: Duration
        var lastWrittenAt: Duration
    }

    package static let limit = 2_048
    private static let refreshTime = Duration.seconds(30 * 60)
    private static let quietTime = Duration.seconds(6 * 60)

    private var series: [Identity: Series] = [:]
    private let controller: String
    private let instance: String

    /// The controller is who reports, such as `aiops.example.dev/operator`; the instance is its pod.
    package init(controller: String, instance: String) {
        self.controller = controller
        self.instance = instance
    }

    package var count: Int { series.count }

    package mutating func observe(_ note: EventNote, wall: Timestamp, now: Duration) -> [Write] {
        let identity = Self.identity(of: note)
        guard var known = series[identity] else {
            let overflow = series.count >= Self.limit ? endQuietest() : []
            let event = event(note, wall: wall)
            series[identity] = Series(
                event: event.key, lastObserved: wall, lastObservedAt: now, lastWrittenAt: now)
            return overflow + [.create(event)]
        }
        known.count += 1
        known.lastObserved = wall
        known.lastObservedAt = now
        let write = known.count == 2 ? Self.writeCount(of: &known, now: now) : nil
        series[identity] = known
        return write.map { [$0] } ?? []
    }

    /// Call about once a minute.
    package mutating func tick(now: Duration) -> [Write] {
        var writes: [Write] = []
        for (identity, var known) in series {
            let isQuiet = now - known.lastObservedAt >= Self.quietTime
            if isQuiet || now - known.lastWrittenAt >= Self.refreshTime, known.count > known.writtenCount {
                writes.append(Self.writeCount(of: &known, now: now))
            }
            series[identity] = isQuiet ? nil : known
        }
        return writes.sorted { $0.key < $1.key }
    }

    /// Ends all series.
    package mutating func flush(now: Duration) -> [Write] {
        let open = series.values.filter { $0.count > $0.writtenCount }
        series.removeAll()
        return open.map { known in
            var known = known
            return Self.writeCount(of: &known, now: now)
        }.sorted { $0.key < $1.key }
    }

    /// The Event is not on the server, or no longer: the next note of its kind makes a new one.
    package mutating func forget(_ event: ObjectKey) {
        series = series.filter { $0.value.event != event }
    }

    private mutating func endQuietest() -> [Write] {
        guard let quietest = series.min(by: { $0.value.lastObservedAt < $1.value.lastObservedAt }) else { return [] }
        series[quietest.key] = nil
        var known = quietest.value
        return known.count > known.writtenCount ? [Self.writeCount(of: &known, now: known.lastObservedAt)] : []
    }

    private static func writeCount(of series: inout Series, now: Duration) -> Write {
        series.writtenCount = series.count
        series.lastWrittenAt = now
        return .patch(series.event, EventSeries(count: series.count, lastObservedTime: series.lastObserved))
    }

    private static func identity(of note: EventNote) -> Identity {
        var (regarding, related) = (note.regarding, note.related)
        regarding.resourceVersion = ""
        related?.resourceVersion = ""
        return Identity(
            severity: note.severity, reason: note.reason, action: note.action, regarding: regarding, related: related)
    }

    private func event(_ note: EventNote, wall: Timestamp) -> Event {
        let namespace = note.regarding.namespace.isEmpty ? "default" : note.regarding.namespace
        let seed = [note.regarding.uid, note.reason, note.action, note.severity.rawValue, instance, wall.rfc3339Micro]
        let hash = SHA256Digest.of(seed.joined(separator: "\0")).hex.prefix(16)
        // A name has at most 253 bytes.
        let name = "\(note.regarding.name.cut(toBytes: 253 - 17)).\(hash)"
        var event = Event(metadata: ObjectMeta(name: name, namespace: namespace))
        event.eventTime = wall
        event.reportingController = controller
        event.reportingInstance = instance.cut(toBytes: 128)
        event.type = note.severity.rawValue
        event.reason = note.reason.cut(toBytes: 128)
        event.action = (note.action.isEmpty ? note.reason : note.action).cut(toBytes: 128)
        event.note = note.note.cut(toBytes: 1_024)
        event.regarding = note.regarding
        event.related = note.related
        return event
    }
}

extension String {
    /// The longest beginning of whole characters that fits.
    fileprivate func cut(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = startIndex
        var bytes = 0
        while end < endIndex {
            bytes += self[end].utf8.count
            guard bytes <= limit else { break }
            end = index(after: end)
        }
        return String(self[..<end])
    }
}
