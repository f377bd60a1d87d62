package import KubernetesModel

/// List, then watch, for ever: decides what to ask the server next and what the store must show.
///
/// Streaming lists (sendInitialEvents) would be one more phase between `idle` and `watching`; `list` stays the way back.
///
/// Invariants
/// - `version` never goes back while the server's history is one: a relist asks for "not older than" it, and events
///   that are not newer are passed over. Only a list that is the latest by definition may set it lower (the server's
///   data was restored from a backup);
/// - a stream is resumed from `version`, so no event is missed and none is delivered twice;
/// - two failures within `quietTime` never follow each other without a wait.
package struct WatcherState<R: KubernetesObject>: Sendable {
    private enum Phase: Sendable {
        case idle
        case listing(ListBasis)
        case watching(since: Duration, heardAnything: Bool)
        case waiting(thenList: ListBasis?)
    }

    /// A stream that ends sooner than this without a word counts as failed: a proxy that closes at once must not turn
    /// "resume without a wait" into a busy loop.
    private static var shortestStream: Duration { .seconds(1) }
    /// Failures this far apart have nothing to do with each other (client-go).
    private static var quietTime: Duration { .seconds(120) }
    /// The error may be in the event at this version: after so many, only a new list leads past it.
    private static var failuresBeforeRelist: Int { 3 }

    private var phase = Phase.idle
    private var failures = 0
    private var lastFailure: Duration?
    private let retryPolicy: RetryPolicy
    /// The newest version the store has been shown; nil before the first list.
    package private(set) var version: String?

    package init(retryPolicy: RetryPolicy = .watch) {
        self.retryPolicy = retryPolicy
    }

    package mutating func step(
        _ input: WatcherInput<R>, now: Duration, using random: inout some RandomNumberGenerator
    ) -> WatcherStep<R> {
        switch (phase, input) {
        case (_, .start):
            return list(version.map(ListBasis.notOlderThan) ?? .latest)
        case (.listing(let basis), .listed(let items, let newVersion)):
            return listed(items, newVersion, basis: basis, now: now, using: &random)
        case (.listing(let basis), .listFailed(let failure)):
            // Refused as expired or too large, or the cache is behind: what is latest is always served.
            if failure == .expired, basis != .latest { return list(.latest) }
            if case .throttled = failure { return retreat(failure, thenList: basis, now: now, using: &random) }
            return retreat(failure, thenList: .latest, now: now, using: &random)
        case (.waiting(let basis), .waited):
            return basis.map { list($0) } ?? watch(now: now, using: &random)
        case (.watching(let since, _), .notice(let notice)):
            phase = .watching(since: since, heardAnything: true)
            return noticed(notice, now: now, using: &random)
        case (.watching(let since, let heardAnything), .streamEnded):
            if !heardAnything, now - since < Self.shortestStream {
                return retreat(.failed("the watch ended at once"), thenList: nil, now: now, using: &random)
            }
            return watch(now: now, using: &random)
        case (.watching, .watchFailed(let failure)):
            return watchFailed(failure, now: now, using: &random)
        default:
            // An answer to a question that was not asked: start over from what is known.
            return list(version.map(ListBasis.notOlderThan) ?? .latest)
        }
    }

    private mutating func listed(
        _ items: [R], _ newVersion: String, basis: ListBasis, now: Duration,
        using random: inout some RandomNumberGenerator
    ) -> WatcherStep<R> {
        if case .notOlderThan(let floor) = basis, ResourceVersion.isNewer(floor, than: newVersion) {
            // A server that does not know resourceVersionMatch answered from an old cache.
            return list(.latest)
        }
        version = newVersion
        let next = watch(now: now, using: &random)
        return WatcherStep(.replace(items, version: newVersion), then: next.action)
    }

    private mutating func noticed(
        _ notice: WatchNotice<R>, now: Duration, using random: inout some RandomNumberGenerator
    ) -> WatcherStep<R> {
        switch notice {
        case .upsert(let object):
            guard advance(to: object.metadata.resourceVersion) else { return WatcherStep(then: .read) }
            return WatcherStep(.upsert(object), then: .read)
        case .delete(let object):
            guard advance(to: object.metadata.resourceVersion) else { return WatcherStep(then: .read) }
            return WatcherStep(.delete(object), then: .read)
        case .bookmark(let newVersion):
            guard advance(to: newVersion) else { return WatcherStep(then: .read) }
            return WatcherStep(.advance(newVersion), then: .read)
        case .failure(let failure):
            return watchFailed(failure, now: now, using: &random)
        }
    }

    private mutating func watchFailed(
        _ failure: WatchFailure, now: Duration, using random: inout some RandomNumberGenerator
    ) -> WatcherStep<R> {
        let relist = version.map(ListBasis.notOlderThan) ?? .latest
        switch failure {
        case .expired:
            guard recordFailure(now: now) > 1 else { return list(relist) }
            return pause(for: nextDelay(using: &random), thenList: relist)
        case .throttled:
            return retreat(failure, thenList: nil, now: now, using: &random)
        case .failed:
            let count = recordFailure(now: now)
            let delay = nextDelay(using: &random)
            return pause(for: delay, thenList: count >= Self.failuresBeforeRelist ? relist : nil)
        }
    }

    /// Goes forward only; false when the version is not newer than what was shown.
    private mutating func advance(to newVersion: String) -> Bool {
        guard ResourceVersion.isNewer(newVersion, than: version ?? "") else { return false }
        version = newVersion
        return true
    }

    private mutating func list(_ basis: ListBasis) -> WatcherStep<R> {
        phase = .listing(basis)
        return WatcherStep(then: .list(basis))
    }

    private mutating func watch(now: Duration, using random: inout some RandomNumberGenerator) -> WatcherStep<R> {
        guard let version else { return list(.latest) }
        phase = .watching(since: now, heardAnything: false)
        // Spread over five to ten minutes, so that the watches of many clients do not end together.
        let timeout = Duration.seconds(Int.random(in: 300...600, using: &random))
        return WatcherStep(then: .watch(from: version, serverTimeout: timeout))
    }

    private mutating func retreat(
        _ failure: WatchFailure, thenList basis: ListBasis?, now: Duration,
        using random: inout some RandomNumberGenerator
    ) -> WatcherStep<R> {
        recordFailure(now: now)
        var delay = nextDelay(using: &random)
        if case .throttled(let retryAfter?) = failure { delay = max(delay, retryAfter) }
        return pause(for: delay, thenList: basis)
    }

    private mutating func pause(for delay: Duration, thenList basis: ListBasis?) -> WatcherStep<R> {
        phase = .waiting(thenList: basis)
        return WatcherStep(then: .wait(delay))
    }

    @discardableResult
    private mutating func recordFailure(now: Duration) -> Int {
        if let lastFailure, now - lastFailure >= Self.quietTime { failures = 0 }
        lastFailure = now
        failures += 1
        return failures
    }

    private func nextDelay(using random: inout some RandomNumberGenerator) -> Duration {
        retryPolicy.delay(failures: failures, using: &random)
    }
}
