package import KubernetesModel
internal import Lifecycle
package import Primitives
package import Telemetry

/// Keeps a reconcile back until the caches have shown what the one before it wrote.
///
/// A write that its cache does not show within the cap is read from the server, by whoever comes first: the next look at the
/// key, or `run`, for a key that nothing but the missing event would bring up again. A read in vain is made again, later each
/// time, and the key is held meanwhile, up to the limit of ``WriteLedger``.
///
/// Invariants
/// - `run`, and each look, has at most `readsAtATime` reads under way; one that hangs holds up no other;
/// - no read of `run` lasts longer than `readLimit`, nor do all those of one look together: that, and no more, a server that
///   does not answer costs the worker that looks, each time a read is due; one that fails costs it nothing;
/// - a write that `run` has room for is read when it is due, however far off the next read of another is.
package final class WriteGate: Lifecycle.Service {
    /// With a stuck watch everything written is overdue at once; one by one, the last key would wait for minutes.
    package static let readsAtATime = 16
    /// One object is there in milliseconds; the client, left alone, would try for minutes.
    package static let readLimit = Duration.seconds(5)

    package let name = "own writes"
    private let ledger: Locked<WriteLedger>
    private let views: [ResourceType: any CacheView]
    private let time: any TimeSource
    private let logger: Logger
    /// A write was recorded, or a read has ended.
    private let recorded = Wakeup()
    private let reading = Locked(0)

    package init(
        views: [any CacheView], cap: Duration = .seconds(3), time: any TimeSource, logger: Logger
    ) {
        ledger = Locked(WriteLedger(cap: cap))
        self.views = Dictionary(views.map { ($0.resourceType, $0) }, uniquingKeysWith: { first, _ in first })
        self.time = time
        self.logger = logger
    }

    package func record(_ write: WrittenObject, by key: ObjectKey) {
        guard let view = views[write.type], view.covers(write.key), !view.shows(write) else { return }
        let earlier = ledger.withLock { $0.writes(of: key) }?.first { $0.isSameObject(as: write) }
        let goesOn = earlier.map { !view.shows($0) } ?? false
        let now = time.monotonicNow()
        let letGo = ledger.withLock { $0.record(write, by: key, now: now, goesOn: goesOn) }
        if letGo > 0 {
            logger.warning(
                "too many of our own writes are not shown by the cache; the oldest are waited for no more",
                ["keys": "\(letGo)"])
        }
        recorded.ring()
    }

    /// Reads what the caches still do not show after the cap; sleeps while nothing is awaited.
    package func run() async {
        await withDiscardingTaskGroup { reads in
            while !Task.isCancelled {
                guard reading.withLock({ $0 < Self.readsAtATime }), let due = ledger.withLock({ $0.nextDue }) else {
                    await recorded.wait()
                    continue
                }
                let wait = due - time.monotonicNow()
                guard wait <= .zero else {
                    // What is recorded meanwhile may be due before this, whose reads come further and further apart.
                    await recorded.wait(atMost: wait, time: time)
                    continue
                }
                // The record stays until its read is back: a key that is looked at meanwhile is held.
                for (key, write) in startReading() {
                    reads.addTask {
                        await self.read(write, for: key)
                        self.reading.withLock { $0 -= 1 }
                        self.recorded.ring()
                    }
                }
            }
        }
    }

    /// As many as there is room for, which they take.
    private func startReading() -> [(key: ObjectKey, write: WrittenObject)] {
        let now = time.monotonicNow()
        return reading.withLock { reading in
            let overdue = ledger.withLock { $0.startReading(now: now, limit: Self.readsAtATime - reading) }
            reading += overdue.count
            return overdue
        }
    }

    /// Nil when the key may be reconciled; else how long to wait before asking again.
    ///
    /// A cache that stays behind for too long is helped by a read of its own. A read in vain shows nothing: the key is held.
    package func hold(_ key: ObjectKey) async -> Duration? {
        // Most looks write nothing, so mostly there is nothing to wait for.
        guard let records = ledger.withLock({ $0.heldKeys == 0 ? nil : $0.writes(of: key) }) else { return nil }
        // Caches are asked without the lock: what one of them does must not hold up the others.
        let unseen = records.filter { write in views[write.type].map { !$0.shows(write) } ?? false }
        let now = time.monotonicNow()
        switch ledger.withLock({ $0.decide(key, unseen: unseen, now: now) }) {
        case .open: return nil
        case .hold(let wait): return wait
        case .overdue(let writes):
            do {
                try await withDeadline(Self.readLimit, time: time) { await self.readAll(writes, for: key) }
            } catch {
                // What was cut off, or not begun, has been read in vain.
            }
            let isUnread = ledger.withLock { $0.writes(of: key) } != nil
            return isUnread || Task.isCancelled ? Self.waitAfterVainRead : nil
        }
    }

    private static let waitAfterVainRead = Duration.seconds(1)

    private func readAll(_ writes: [WrittenObject], for key: ObjectKey) async {
        await withTaskGroup(of: Void.self) { reads in
            for (number, write) in writes.enumerated() {
                if number >= Self.readsAtATime { await reads.next() }
                reads.addTask {
                    await self.read(write, for: key)
                    // The one that sleeps until the next read is due must know of a write that has to wait again.
                    self.recorded.ring()
                }
            }
        }
    }

    private func read(_ write: WrittenObject, for key: ObjectKey) async {
        let isShown = views[write.type]?.shows(write) ?? true
        let isRead = isShown ? true : await refresh(write, for: key)
        let now = time.monotonicNow()
        ledger.withLock { $0.hasRead(write, by: key, successfully: isRead, now: now) }
    }

    private func refresh(_ write: WrittenObject, for key: ObjectKey) async -> Bool {
        logger.warning(
            "the cache has not shown our own write; reading it",
            [
                "key": "\(key)", "object": "\(write.type) \(write.key)",
                "resourceVersion": "\(write.resourceVersion ?? "")",
            ])
        do {
            try await withDeadline(Self.readLimit, time: time) { [view = views[write.type]] in
                try await view?.refresh(write.key)
            }
            return true
        } catch {
            logger.warning("reading it failed as well", ["key": "\(key)", "error": .describing(error)])
            return false
        }
    }
}
