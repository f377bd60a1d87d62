internal import JSON
internal import KubernetesClient
internal import KubernetesModel
internal import Lifecycle
package import Primitives
package import Telemetry

/// Writes Events in the background.
///
/// Recording never waits and never fails: an Event is a courtesy, and no reconcile may suffer for it.
///
/// Invariants: at most `capacity` notes wait; what does not fit, or cannot be written in `attempts` tries, is counted in
/// `events_dropped_total` and forgotten.
package final class EventRecorder: Lifecycle.Service, Drainable {
    private struct Entry {
        var note: EventNote
        var wall: Timestamp
        var at: Duration
    }

    package static let capacity = 1_000
    /// As client-go.
    private static let attempts = 12
    private static let retryPolicy = RetryPolicy(initial: .milliseconds(500), cap: .seconds(10), jitter: 0.5)

    package let name = "events"
    private let waiting = Locked<[Entry]>([])
    private let wakeup = Wakeup()
    private let closing = Latch()
    private let stopped = Latch()
    private let hasStarted = Latch()
    private let writer: any ObjectWriter
    private let controller: String
    private let instance: String
    private let flushLimit: Duration
    private let time: any TimeSource
    private let logger: Logger
    private let dropped: Counter?
    private let written: Counter?
    private let seed: UInt64
    private let redact: @Sendable (String) -> String

    /// The controller is who reports, such as `aiops.example.dev/operator`, and the instance which one of them, usually the
    /// pod; `flushLimit` is for what still waits when the recorder is asked to stop; `redact` takes secrets out of what is told.
    package init(
        writer: any ObjectWriter, controller: String, instance: String, flushLimit: Duration = .seconds(5),
        time: any TimeSource, logger: Logger, metrics: MetricsRegistry? = nil,
        redact: @escaping @Sendable (String) -> String = { $0 }, seed: UInt64 = .random(in: 0...UInt64.max)
    ) {
        self.writer = writer
        self.controller = controller
        self.instance = instance
        self.flushLimit = flushLimit
        self.time = time
        self.logger = logger
        self.seed = seed
        self.redact = redact
        dropped = metrics?.counter("events_dropped_total", "Events given up.", labels: ["cause"])
        written = metrics?.counter("events_written_total", "Writes of Events.", labels: ["verb"])
        for cause in ["full", "refused"] { dropped?.initialize([cause]) }
        for verb in ["create", "patch"] { written?.initialize([verb]) }
    }

    package func record(_ note: EventNote) {
        var note = note
        note.note = redact(note.note)
        let entry = Entry(note: note, wall: time.wallNow(), at: time.monotonicNow())
        let isKept = waiting.withLock { waiting in
            guard waiting.count < Self.capacity else { return false }
            waiting.append(entry)
            return true
        }
        if isKept { wakeup.ring() } else { dropped?.add(["full"]) }
    }

    /// Runs until `drain`, or until its task is cancelled.
    package func run() async throws {
        hasStarted.open()
        defer { stopped.open() }
        var book = EventSeriesBook(controller: controller, instance: instance)
        var random = SeededGenerator(seed: seed)
        while !closing.isOpen, !Task.isCancelled {
            await writeWaiting(&book, &random)
            for write in book.tick(now: time.monotonicNow()) { await perform(write, &book, &random) }
            if !closing.isOpen { await wakeup.wait(atMost: .seconds(60), time: time) }
        }
        guard !Task.isCancelled else { return }
        do {
            let last = book
            try await withDeadline(flushLimit, time: time) { [self, random] in
                var (book, random) = (last, random)
                await writeWaiting(&book, &random)
                for write in book.flush(now: time.monotonicNow()) { await perform(write, &book, &random) }
            }
        } catch {
            logger.warning("events were left behind", ["error": .describing(error)])
        }
    }

    package func drain() async {
        closing.open()
        wakeup.ring()
        if hasStarted.isOpen { await stopped.waitToTheEnd() }
    }

    private func writeWaiting(_ book: inout EventSeriesBook, _ random: inout SeededGenerator) async {
        while !Task.isCancelled {
            let batch = waiting.withLock { waiting in
                defer { waiting.removeAll() }
                return waiting
            }
            guard !batch.isEmpty else { return }
            for entry in batch {
                await write(entry, &book, &random)
            }
        }
    }

    private func write(_ entry: Entry, _ book: inout EventSeriesBook, _ random: inout SeededGenerator) async {
        for write in book.observe(entry.note, wall: entry.wall, now: entry.at) {
            guard await !perform(write, &book, &random) else { continue }
            // The Event of the series is gone, after an hour or by hand: this note begins a new one.
            for write in book.observe(entry.note, wall: entry.wall, now: entry.at) {
                await perform(write, &book, &random)
            }
        }
    }

    /// False when the Event that was to be patched is not there.
    @discardableResult
    private func perform(
        _ write: EventSeriesBook.Write, _ book: inout EventSeriesBook, _ random: inout SeededGenerator
    ) async -> Bool {
        var failures = 0
        while true {
            let delay: Duration
            do throws(KubernetesError) {
                try await attempt(write)
                return true
            } catch {
                // The first try went through and its answer was lost: nobody else makes an Event of that name.
                if case .create = write, failures > 0, error.isAlreadyExists {
                    written?.add(["create"])
                    return true
                }
                failures += 1
                // One try each while closing: the rest of the line wants its turn.
                guard error.isRetryable, failures < Self.attempts, !closing.isOpen, !Task.isCancelled else {
                    giveUp(write, error, &book)
                    if case .patch = write, error.isNotFound { return false }
                    return true
                }
                let asked = min(error.retryAfter ?? .zero, RetryPolicy.longestThrottle)
                delay = max(Self.retryPolicy.delay(failures: failures, using: &random), asked)
            }
            await closing.wait(atMost: delay, time: time)
        }
    }

    private func attempt(_ write: EventSeriesBook.Write) async throws(KubernetesError) {
        switch write {
        case .create(let event):
            _ = try await writer.create(Event.resourceType, event.dynamic(), options: WriteOptions())
            written?.add(["create"])
        case .patch(let key, let series):
            let value: JSONValue = .object(["series": series.jsonValue()])
            _ = try await writer.patch(
                Event.resourceType, key, .merge(value), subresource: nil, options: WriteOptions())
            written?.add(["patch"])
        }
    }

    private func giveUp(_ write: EventSeriesBook.Write, _ error: KubernetesError, _ book: inout EventSeriesBook) {
        book.forget(write.key)
        // Events live for an hour; a series that outlived its Event is begun anew.
        if case .patch = write, error.isNotFound { return }
        dropped?.add(["refused"])
        logger.info("event dropped", ["event": "\(write.key)", "error": .describing(error)])
    }
}
