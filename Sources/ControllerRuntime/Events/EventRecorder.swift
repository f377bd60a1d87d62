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
/// Invariants: at most `capacity` notes wait, beside one count for each series; what does not fit, or cannot be written in
/// ``EventLine/attempts`` tries, is counted in `events_dropped_total` and forgotten; `drain` takes `flushLimit` at most.
package final class EventRecorder: Lifecycle.Service, Drainable {
    private struct State {
        var waiting: [EventLine.Entry] = []
        /// Of those taken from there, how many are not written yet.
        var inLine = 0
    }

    package static let capacity = 1_000
    /// The line tries again itself, and counts.
    private static let options = WriteOptions(isRepeated: false)

    package let name = "events"
    private let state = Locked(State())
    private let wakeup = Wakeup()
    private let closing = Latch()
    private let stopped = Latch()
    private let hasStarted = Latch()
    private let writer: any ObjectWriter
    private let controller: String
    private let instance: String
    private let flushLimit: Duration
    /// When the drain has to be over; nil before it.
    private let flushBy = Locked<Duration?>(nil)
    private let time: any TimeSource
    private let logger: Logger
    private let dropped: Counter?
    private let written: Counter?
    private let seed: UInt64
    private let redact: @Sendable (String) -> String

    /// The controller is who reports, such as `aiops.example.dev/operator`, and the instance which one of them, usually the
    /// pod; `flushLimit` is for all that is still to do when the recorder is asked to stop, the write under way included;
    /// `redact` takes secrets out of what is told.
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
        let entry = EventLine.Entry(note: note, wall: time.wallNow(), at: time.monotonicNow())
        let isKept = state.withLock { state in
            guard state.waiting.count + state.inLine < Self.capacity else { return false }
            state.waiting.append(entry)
            return true
        }
        if isKept { wakeup.ring() } else { dropped?.add(["full"]) }
    }

    /// Runs until `drain`, or until its task is cancelled.
    package func run() async throws {
        hasStarted.open()
        defer { stopped.open() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.deliver() }
            // Cancellation takes the write under way off the wire as well: its own limits are longer than a stop may take.
            group.addTask { await self.waitForEndOfDrain() }
            await group.next()
            group.cancelAll()
        }
        let left = state.withLock { $0.waiting.count + $0.inLine }
        guard left > 0, closing.isOpen else { return }
        logger.warning("events were left behind", ["count": .integer(left)])
    }

    package func drain() async {
        let now = time.monotonicNow()
        flushBy.withLock { $0 = $0 ?? now + flushLimit }
        closing.open()
        wakeup.ring()
        if hasStarted.isOpen { await stopped.waitToTheEnd() }
    }

    private func waitForEndOfDrain() async {
        do {
            try await closing.wait()
            try await time.sleep(for: timeLeft)
        } catch {
            // Everything is written, or all is being cancelled.
        }
    }

    /// Of the drain.
    private var timeLeft: Duration {
        let now = time.monotonicNow()
        return flushBy.withLock { max(($0 ?? now) - now, .zero) }
    }

    private func deliver() async {
        var book = EventSeriesBook(controller: controller, instance: instance)
        var line = EventLine()
        var random = SeededGenerator(seed: seed)
        var hasEndedSeries = false
        while !Task.isCancelled {
            let isClosing = closing.isOpen
            takeWaiting(&line, &book)
            let now = time.monotonicNow()
            if isClosing, !hasEndedSeries {
                hasEndedSeries = true
                for write in book.flush(now: now) { line.add(write) }
            } else if line.isEmpty {
                for write in book.tick(now: now) { line.add(write) }
            }
            let wait = line.wait(now: now, isClosing: isClosing)
            if line.isEmpty {
                if isClosing { return }
                await wakeup.wait(atMost: .seconds(60), time: time)
            } else if wait > .zero {
                // A server that wants to be left alone for longer than there is will take none of them.
                if isClosing, wait >= timeLeft { return }
                await pause(wait, isClosing: isClosing)
            } else if let item = line.take() {
                await perform(item, &line, &book, &random)
                note(line)
            }
        }
    }

    private func pause(_ wait: Duration, isClosing: Bool) async {
        guard isClosing else { return await closing.wait(atMost: wait, time: time) }
        do { try await time.sleep(for: wait) } catch { return }
    }

    private func takeWaiting(_ line: inout EventLine, _ book: inout EventSeriesBook) {
        let entries = state.withLock { state in
            defer { (state.waiting, state.inLine) = ([], line.count + state.waiting.count) }
            return state.waiting
        }
        for entry in entries { add(entry, &line, &book) }
        note(line)
    }

    private func add(_ entry: EventLine.Entry, _ line: inout EventLine, _ book: inout EventSeriesBook) {
        let writes = book.observe(entry.note, wall: entry.wall, now: entry.at)
        // Those before the last are other series', which end to make room.
        for write in writes.dropLast() { line.add(write) }
        if let write = writes.last { line.add(write, of: entry) }
    }

    private func note(_ line: EventLine) { state.withLock { $0.inLine = line.count } }

    private func perform(
        _ item: EventLine.Item, _ line: inout EventLine, _ book: inout EventSeriesBook,
        _ random: inout SeededGenerator
    ) async {
        do throws(KubernetesError) {
            try await attempt(item.write)
            line.wasAnswered()
        } catch {
            // Not told of: whether it was written nobody knows.
            if Task.isCancelled { return line.putBack(item) }
            if case .create = item.write, item.failures > 0, error.isAlreadyExists {
                // An earlier try went through and its answer was lost: nobody else makes an Event of that name.
                written?.add(["create"])
                return line.wasAnswered()
            }
            // One try each while closing, unless the server itself names a time: the rest of the line wants its turn.
            let mayTryAgain = error.isRetryable && (!closing.isOpen || error.retryAfter != nil)
            let now = time.monotonicNow()
            if mayTryAgain, line.failed(item, asked: error.retryAfter, now: now, using: &random) { return }
            if !error.isRetryable { line.wasAnswered() }
            giveUp(item.write, error, &book)
            // Events live for an hour; a series that outlived its Event is begun anew.
            if case .patch = item.write, error.isNotFound, let entry = item.entry { add(entry, &line, &book) }
        }
    }

    private func attempt(_ write: EventSeriesBook.Write) async throws(KubernetesError) {
        switch write {
        case .create(let event):
            _ = try await writer.create(Event.resourceType, event.dynamic(), options: Self.options)
            written?.add(["create"])
        case .patch(let key, let series):
            let value: JSONValue = .object(["series": series.jsonValue()])
            _ = try await writer.patch(Event.resourceType, key, .merge(value), subresource: nil, options: Self.options)
            written?.add(["patch"])
        }
    }

    private func giveUp(_ write: EventSeriesBook.Write, _ error: KubernetesError, _ book: inout EventSeriesBook) {
        book.forget(write.key)
        if case .patch = write, error.isNotFound { return }
        dropped?.add(["refused"])
        logger.info("event dropped", ["event": "\(write.key)", "error": .describing(error)])
    }
}
