internal import KubernetesModel
package import Primitives

/// Competes for one Lease: takes what was seen and answered, returns what to do; pure.
///
/// Invariants
/// - one request at a time, and one `end`;
/// - it leads only for `renewDeadline` from the moment its last successful write was sent, whenever the answer came;
/// - a Lease in another's hand is left alone until it has not changed for its duration by our own clock, also when the object
///   is deleted or emptied meanwhile; times written in it decide nothing;
/// - every write carries the version it replaces;
/// - after a loss nothing is written before the work of that term has ended.
package struct Elector: Sendable {
    private enum Request { case get, create(sent: Duration), update(sent: Duration), release }

    private enum Knowledge {
        case unknown
        case absent
        /// As it was at first sight of this state.
        case present(LeaseRecord, since: Duration)
    }

    /// A term, from the answer that began it.
    private struct Reign {
        /// When the last write that went through was sent.
        var renewed: Duration
        var claim: LeaseSpec
    }

    /// Between reads that fail while the process waits for its end.
    private static let pauseAtTheEnd = Duration.milliseconds(100)

    package let identity: String
    private let timings: LeaseTimings
    private var random: SeededGenerator
    private var known = Knowledge.unknown
    private var lastVersion = ""
    /// Until when another may rely on the Lease, as far as was seen.
    private var heldUntil: Duration?
    private var reign: Reign?
    private var isWorkPending = false
    private var request: Request?
    /// Nothing is sent earlier, unless something new is heard.
    private var notBefore = Duration.zero
    private var needsRead = true
    /// A write that asked for the Lease went unanswered: it may be ours, whatever was known before.
    private var mayBeOurs = false
    private var conflictsInARow = 0
    private var isWatching = false
    private var stopBy: Duration?
    private var hasEnded = false
    private var announced: String?

    /// The identity must be no other process', not even an earlier life of this one.
    package init(identity: String, timings: LeaseTimings = .standard, seed: UInt64) {
        self.identity = identity
        self.timings = timings
        random = SeededGenerator(seed: seed)
    }

    package var isLeading: Bool { reign != nil }

    package mutating func step(_ input: ElectorInput, now: Duration, wall: Timestamp) -> [ElectorEffect] {
        guard !hasEnded else { return [] }
        var effects: [ElectorEffect] = []
        let isFresh = take(input, now: now, into: &effects)
        // Whatever was heard: time that has passed has passed.
        if let reign, now >= reign.renewed + timings.renewDeadline {
            lose(.notRenewed(within: timings.renewDeadline), into: &effects)
        }
        if request == nil, let effect = next(now: now, wall: wall, isFresh: isFresh) { effects.append(effect) }
        if let stopBy, !hasEnded, now >= stopBy { effects.append(end(.kept(why: "the API server does not answer"))) }
        if !hasEnded, let due = wakeTime(now: now) { effects.append(.wait(until: due)) }
        return effects
    }

    // MARK: Hearing

    /// Whether what is known was read just now.
    private mutating func take(_ input: ElectorInput, now: Duration, into effects: inout [ElectorEffect]) -> Bool {
        switch input {
        case .start, .woken: break
        case .read(let reply):
            request = nil
            return take(reply, now: now, into: &effects)
        case .written(let reply): take(reply, now: now, into: &effects)
        case .seen(let record):
            guard !ResourceVersion.isNewer(lastVersion, than: record.version) else { break }
            note(record, now: now, into: &effects)
        case .seenGone(let version):
            guard !ResourceVersion.isNewer(lastVersion, than: version) else { break }
            lastVersion = version
            known = .absent
            // Our own Lease is put back at once, before anybody takes the gap for a beginning.
            if reign != nil { notBefore = now }
        case .watching(let isOpen):
            isWatching = isOpen
            if !isOpen { notBefore = min(notBefore, now + retryWait()) }
        case .workEnded:
            isWorkPending = false
            if reign == nil { (needsRead, notBefore) = (true, now) }
        case .stop:
            (stopBy, notBefore) = (now + timings.retryPeriod, now)
            guard reign != nil, !isWorkPending else { break }
            // Before the release is sent: the next leader may begin before its answer is here.
            reign = nil
            effects.append(.standDown)
        }
        return false
    }

    private mutating func take(
        _ reply: LeaseReadReply, now: Duration, into effects: inout [ElectorEffect]
    ) -> Bool {
        switch reply {
        case .present(let record): note(record, now: now, into: &effects)
        case .absent: known = .absent
        case .failed:
            notBefore = now + (stopBy == nil ? retryWait() : Self.pauseAtTheEnd)
            return false
        }
        (needsRead, mayBeOurs) = (false, false)
        // Who only waits for another's Lease to end looks again later; who leads, or finds it free, goes on at once.
        let isWaiting = reign == nil && (heldUntil ?? now) > now
        notBefore = isWaiting ? now + retryWait() : now
        return true
    }

    private mutating func take(_ reply: LeaseWriteReply, now: Duration, into effects: inout [ElectorEffect]) {
        let answered = request
        request = nil
        if case .release = answered {
            switch reply {
            case .done: effects.append(end(.released))
            case .conflict where conflictsInARow == 0: (needsRead, conflictsInARow, notBefore) = (true, 1, now)
            case .conflict, .absent: effects.append(end(.notHeld))
            case .failed: effects.append(end(.kept(why: "the release was not answered")))
            }
            return
        }
        switch reply {
        case .done(let record):
            (needsRead, mayBeOurs, conflictsInARow) = (false, false, 0)
            note(record, now: now, into: &effects)
            notBefore = now + timings.retryPeriod
            switch answered {
            case .create(let sent), .update(let sent): confirm(record.spec, sent: sent, now: now, into: &effects)
            case .get, .release, nil: break
            }
        case .absent:
            known = .absent
            notBefore = now
        case .conflict:
            if reign != nil { effects.append(.slowPath) }
            conflictsInARow += 1
            (needsRead, notBefore) = (true, conflictsInARow > 3 ? now + retryWait() : now)
        case .failed:
            if reign != nil { effects.append(.slowPath) }
            (needsRead, mayBeOurs, notBefore) = (true, true, stopBy == nil ? now + retryWait() : now)
        }
    }

    private mutating func confirm(
        _ claim: LeaseSpec, sent: Duration, now: Duration, into effects: inout [ElectorEffect]
    ) {
        let until = sent + timings.renewDeadline
        if reign != nil {
            reign = Reign(renewed: sent, claim: claim)
            effects.append(.extend(until: until))
        } else if until > now, !isWorkPending, stopBy == nil {
            reign = Reign(renewed: sent, claim: claim)
            isWorkPending = true
            announced = nil
            effects.append(.lead(until: until))
        }
    }

    private mutating func note(_ record: LeaseRecord, now: Duration, into effects: inout [ElectorEffect]) {
        lastVersion = record.version
        var since = now
        if case .present(let before, let firstSeen) = known, before.spec == record.spec { since = firstSeen }
        known = .present(record, since: since)
        guard let holder = record.holder, holder != identity else {
            if record.holder != nil || record.isReleased || reign != nil { heldUntil = nil }
            if reign != nil, record.holder == nil { notBefore = now }
            if reign == nil { notBefore = now }
            return
        }
        heldUntil = since + record.validity(atLeast: timings.duration)
        if reign != nil { lose(.taken(by: holder), into: &effects) }
        guard announced != holder else { return }
        announced = holder
        effects.append(.follow(holder: holder))
    }

    private mutating func lose(_ loss: LeadershipLoss, into effects: inout [ElectorEffect]) {
        reign = nil
        effects.append(.lose(loss))
    }

    // MARK: Acting

    private mutating func next(now: Duration, wall: Timestamp, isFresh: Bool) -> ElectorEffect? {
        if stopBy != nil { return finish(now: now, wall: wall) }
        // The work of a lost term may still be ending: whoever leads now must not meet it under a new term of ours.
        guard reign != nil || !isWorkPending, now >= notBefore || isFresh else { return nil }
        if needsRead { return get() }
        switch known {
        case .unknown: return get()
        case .absent:
            guard reign != nil || (heldUntil ?? now) <= now else { return lookIfBlind(isFresh) }
            request = .create(sent: now)
            return .create(claim(after: nil, wall))
        case .present(let record, _):
            guard let heldUntil else { return update(record, now: now, wall: wall) }
            guard now >= heldUntil else { return lookIfBlind(isFresh) }
            // Asked of the server itself: our watch may have missed a renewal.
            return isFresh ? update(record, now: now, wall: wall) : get()
        }
    }

    /// Without a watch, news come only by asking.
    private mutating func lookIfBlind(_ isFresh: Bool) -> ElectorEffect? { isWatching || isFresh ? nil : get() }

    private mutating func get() -> ElectorEffect {
        request = .get
        return .get
    }

    private mutating func update(_ record: LeaseRecord, now: Duration, wall: Timestamp) -> ElectorEffect {
        request = .update(sent: now)
        return .update(claim(after: record.spec, wall), version: record.version)
    }

    private func claim(after former: LeaseSpec?, _ wall: Timestamp) -> LeaseSpec {
        // What a third party did to the record in the middle of a term does not count as a change of the holder.
        LeaseRecord.claim(by: identity, for: timings.duration, after: reign?.claim ?? former, now: wall)
    }

    private mutating func finish(now: Duration, wall: Timestamp) -> ElectorEffect? {
        // Left alone, a Lease that we hold without knowing keeps everybody waiting until it runs out.
        if mayBeOurs { return now >= notBefore ? get() : nil }
        guard case .present(let record, _) = known, record.holder == identity else { return end(.notHeld) }
        guard !isWorkPending else { return end(.kept(why: "work under it has not ended")) }
        if needsRead { return now >= notBefore ? get() : nil }
        request = .release
        return .update(LeaseRecord.release(of: record.spec, now: wall), version: record.version)
    }

    private mutating func end(_ end: EndOfRace) -> ElectorEffect {
        hasEnded = true
        return .end(end)
    }

    // MARK: Waiting

    private func wakeTime(now: Duration) -> Duration? {
        var times: [Duration] = []
        if let stopBy {
            times.append(stopBy)
            if request == nil { times.append(notBefore) }
        }
        if let reign { times.append(reign.renewed + timings.renewDeadline) }
        if request == nil, stopBy == nil, reign != nil || !isWorkPending {
            if let heldUntil, heldUntil > now, reign == nil {
                times.append(heldUntil)
                if !isWatching || needsRead { times.append(notBefore) }
            } else {
                times.append(notBefore)
            }
        }
        return times.min().map { max($0, now) }
    }

    private mutating func retryWait() -> Duration {
        guard reign == nil else { return timings.retryPeriod }
        return timings.retryPeriod * (1 + Double.random(in: 0...timings.jitter, using: &random))
    }
}
