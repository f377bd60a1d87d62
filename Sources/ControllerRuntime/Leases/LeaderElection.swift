package import KubernetesClient
package import KubernetesModel
internal import Lifecycle
package import Primitives
package import Telemetry

/// Races for the Lease of the operator, keeps it, and lets go of it last of all.
///
/// Runs on a thread of its own over a transport of its own: neither a full cooperative pool, nor the first listing of
/// everything, nor a hundred requests in line can keep it from renewing. What decides is ``Elector``; this performs it.
///
/// Invariants: the token is good only while this process leads and its last renewal was sent less than the deadline ago;
/// a lost Lease ends the term and never the process; the Lease is given up only when all work under it has ended.
package final class LeaderElection: Lifecycle.Service, Drainable, Leadership {
    package let name = "leader election"
    package let identity: String
    package let key: ObjectKey
    /// To be carried by every write of the process.
    package let token: WriteToken
    private let timings: LeaseTimings
    private let makeClient: @Sendable (any TimeSource) -> KubernetesClient
    private let givenTime: (any TimeSource)?
    private let seed: UInt64
    private let logger: Logger
    private let metrics: ElectionMetrics?
    private let terms = Terms()
    private let inbox = ElectionInbox()
    private let hasStarted = Latch()
    /// Opens when another process is seen to lead.
    package let standsBy = Latch()
    private let stopped = Latch()
    /// When a lost term's work was told to end; nil while there is none.
    private let endingSince = Locked<Duration?>(nil)

    /// The client is made for the clock its waits go by; it must use no transport that carries anything else.
    ///
    /// A given time is for tests, which have no use for another thread.
    package init(
        key: ObjectKey, identity: String, timings: LeaseTimings = .standard, time: (any TimeSource)? = nil,
        logger: Logger, metrics: MetricsRegistry? = nil, seed: UInt64 = .random(in: 0...UInt64.max),
        client makeClient: @escaping @Sendable (any TimeSource) -> KubernetesClient
    ) {
        self.key = key
        self.identity = identity
        self.timings = timings
        self.makeClient = makeClient
        self.seed = seed
        givenTime = time
        token = WriteToken(time: time ?? SystemTimeSource())
        self.logger = logger.with(["lease": "\(key)", "identity": .string(identity)])
        self.metrics = metrics.map { ElectionMetrics(name: key.name, registry: $0) }
    }

    /// An identity that no other process has, nor an earlier life of this one.
    package static func identity(hostName: String, using generator: inout some RandomNumberGenerator) -> String {
        let suffix = String(UInt64.random(in: .min ... .max, using: &generator), radix: 36)
        return "\(hostName.prefix(100))_\(suffix)"
    }

    package func run() async throws {
        hasStarted.open()
        defer {
            // However it ends: nothing is written afterwards.
            token.revoke()
            metrics?.leads(false)
            stopped.open()
        }
        if let givenTime {
            await race(givenTime)
        } else {
            try await TaskThread.run(name: "lease") { thread in await self.race(thread) }
        }
    }

    package func nextTerm() async throws(CancellationError) -> LeadershipTerm { try await terms.next() }

    package func workEnded() {
        endingSince.withLock { $0 = nil }
        terms.end()
        inbox.post(.workEnded)
    }

    /// Gives the Lease up, if all work has ended, and leaves the race.
    package func drain() async {
        if !terms.isTaken { inbox.post(.workEnded) }
        inbox.post(.stop)
        if hasStarted.isOpen { await stopped.waitToTheEnd() }
    }

    /// False when only a restart helps: work that had to end with its term goes on for much longer than the Lease lasts, or the
    /// right to write ran out long ago and the race, which has to say so, says nothing.
    package var isWell: Bool {
        if let overrun = token.overrun, overrun > timings.duration { return false }
        guard let since = endingSince.withLock({ $0 }) else { return true }
        return (givenTime ?? SystemTimeSource()).monotonicNow() - since < timings.duration * 4
    }

    private func race(_ time: any TimeSource) async {
        let access = LeaseAccess(
            key: key, client: makeClient(time), timeout: timings.requestTimeout, time: time)
        await withDiscardingTaskGroup { group in
            group.addTask { await self.watch(access, time) }
            var elector = Elector(identity: identity, timings: timings, seed: seed)
            var alarm: Duration?
            var input: ElectorInput? = .start
            racing: while let heard = input {
                let now = time.monotonicNow()
                if let due = alarm, due <= now { alarm = nil }
                for effect in elector.step(heard, now: now, wall: time.wallNow()) {
                    switch effect {
                    case .wait(let due):
                        // An alarm that is set already is early enough: the elector then says when the next one is due.
                        guard alarm.map({ due < $0 }) ?? true else { continue }
                        alarm = due
                        group.addTask { await self.wake(at: due, time) }
                    case .get: group.addTask { self.inbox.post(.read(await access.read(self.report))) }
                    case .create(let spec):
                        group.addTask { self.inbox.post(.written(await access.create(spec, self.report))) }
                    case .update(let spec, let version):
                        group.addTask {
                            self.inbox.post(.written(await access.update(spec, version: version, self.report)))
                        }
                    case .end(let end):
                        note(end)
                        break racing
                    case .lead, .extend, .lose, .standDown, .follow, .slowPath: note(effect, now: now)
                    }
                }
                input = await inbox.next()
            }
            group.cancelAll()
        }
    }

    private func note(_ effect: ElectorEffect, now: Duration) {
        switch effect {
        case .lead(let end):
            token.extend(until: end)
            metrics?.leads(true)
            terms.begin()
            logger.info("this process leads now")
        case .extend(let end): token.extend(until: end)
        case .lose(let loss):
            token.revoke()
            metrics?.leads(false)
            endingSince.withLock { $0 = now }
            logger.warning(
                "this process does not lead any more; what it was doing stops, and it stands by",
                ["reason": "\(loss)"])
            if !terms.lose() { workEnded() }
        case .standDown:
            token.revoke()
            metrics?.leads(false)
        case .follow(let holder):
            standsBy.open()
            logger.info("standing by: another process leads", ["holder": .string(holder)])
        case .slowPath: metrics?.tookSlowPath()
        case .get, .create, .update, .wait, .end: break
        }
    }

    private func note(_ end: EndOfRace) {
        token.revoke()
        switch end {
        case .released: logger.info("the lease is released; the next process may lead at once")
        case .notHeld: logger.debug("out of the race")
        case .kept(let why):
            logger.warning(
                "the lease is left to run out; the next process leads only then", ["reason": .string(why)])
        }
    }

    private func wake(at due: Duration, _ time: any TimeSource) async {
        do {
            try await time.sleep(for: due - time.monotonicNow())
            inbox.post(.woken)
        } catch {
            // The race is over.
        }
    }

    /// Keeps a watch open, so that a released Lease is seen at once.
    private func watch(_ access: LeaseAccess, _ time: any TimeSource) async {
        var backoff = Backoff(initial: timings.retryPeriod / 4, max: timings.duration)
        var random = SeededGenerator(seed: seed &+ 1)
        while !Task.isCancelled {
            let opened = time.monotonicNow()
            var asked = Duration.zero
            do throws(KubernetesError) {
                try await access.watch({ inbox.post(.watching(true)) }, { inbox.post($0) })
            } catch {
                report(error)
                asked = min(error.retryAfter ?? .zero, RetryPolicy.longestThrottle)
            }
            inbox.post(.watching(false))
            // The server ends every watch after some minutes; one that was ended at once is not asked for at once again.
            if time.monotonicNow() - opened > timings.duration { backoff.reset() }
            let wait = max(asked, backoff.next(using: &random))
            do { try await time.sleep(for: wait) } catch { return }
        }
    }

    private func report(_ error: any Error) {
        guard !Task.isCancelled else { return }
        logger.info("a request about the lease failed", ["error": .describing(error)])
    }
}
