internal import KubernetesModel

/// List, then watch, for ever: decides what to ask the server next and what the store must show.
///
/// It sees versions and no objects: the reflector keeps the object in hand and does with it what the step says.
///
/// A list comes as a stream where the server knows that (`sendInitialEvents`, on by default since Kubernetes 1.34), and
/// page by page where it does not. Servers that promise the stream and never end it exist (kubernetes/kubernetes #140890,
/// #138557), so a stream that makes no progress is given up, and the way that works is remembered. Where objects change all the
/// time such a stream is never quiet, so it is given up after a time in all as well. What a server does that is busy, down
/// or cut off says nothing of what it knows: after some cuts in a row, or one stream that brought nothing at all, one list is
/// read page by page, so that the store gets it, and the next is asked for as a stream again. (client-go remembers no
/// fallback at all; kube-rs has none.)
///
/// Invariants
/// - `version` never goes back while the server's history is one: a relist asks for "not older than" it, and events
///   that are not newer are passed over. Only a list that is the latest by definition may set it lower (the server's
///   data was restored from a backup);
/// - a stream is resumed from `version`, so no event is missed and none is delivered twice;
/// - nothing is shown of a list that is not whole;
/// - `streamsLists` becomes false only by what tells of streaming lists: a refusal where a plain list is given, an end mark
///   that is late in a stream that has brought something, a bookmark in its place, or `endsBeforeMark` streams in a row that
///   the server ended without it;
/// - two failures within `quietTime` never follow each other without a wait.
package struct WatcherState: Sendable {
    private enum Phase: Sendable {
        case idle
        /// After a streaming list was refused, the plain one tells whether that was for the stream.
        case listing(ListBasis, isStreamRefused: Bool = false)
        /// A streaming list before its end mark, asked for at `since`; without progress nothing of it has come yet.
        case filling(ListBasis, since: Duration, lastProgress: Duration?)
        case watching(since: Duration, heardAnything: Bool)
        case waiting(thenList: ListBasis?, byPages: Bool = false)
    }

    /// A stream that ends sooner than this without a word counts as failed: a proxy that closes at once must not turn
    /// "resume without a wait" into a busy loop.
    private static let shortestStream = Duration.seconds(1)
    /// Failures this far apart have nothing to do with each other (client-go).
    private static let quietTime = Duration.seconds(120)
    /// The error may be in the event at this version: after so many, only a new list leads past it.
    private static let failuresBeforeRelist = 3
    /// A server that stops ends its streams as if they were whole; one that does it time after time knows no end mark.
    private static let endsBeforeMark = 3
    /// Before the first object of a streaming list, and between two; a server that sends its list at all does not pause so
    /// long.
    package static let progressLimit = Duration.seconds(10)
    /// For a streaming list as a whole: one of a hundred thousand objects takes seconds.
    ///
    /// Over a line that is too slow for this the pages are read in its place, and the stream is not tried again.
    package static let fillingLimit = Duration.seconds(120)

    private var phase = Phase.idle
    private var failures = 0
    /// Those of them that may lie in the stream or in an event: neither throttling nor old versions.
    private var cuts = 0
    private var lastFailure: Duration?
    /// Streaming lists that the server ended before their mark since the last one that was whole.
    private var unmarkedEnds = 0
    /// False once the server has shown that it does not stream lists.
    package private(set) var streamsLists: Bool
    private let retryPolicy: RetryPolicy
    /// The newest version the store has been shown; nil before the first list.
    package private(set) var version: String?

    package init(retryPolicy: RetryPolicy = .watch, streamsLists: Bool = true) {
        self.retryPolicy = retryPolicy
        self.streamsLists = streamsLists
    }

    /// When a streaming list must have made progress, or be whole; nil when none is under way.
    package var progressDeadline: Duration? {
        guard case .filling(_, let since, let last) = phase else { return nil }
        return min((last ?? since) + Self.progressLimit, since + Self.fillingLimit)
    }

    package mutating func step(
        _ input: WatcherInput, now: Duration, using random: inout some RandomNumberGenerator
    ) -> WatcherStep {
        switch (phase, input) {
        case (_, .start):
            return fetch(relistBasis, now: now, using: &random)
        case (.watching, .freshListWanted), (.filling, .freshListWanted):
            return discarding(fetch(.latest, now: now, using: &random))
        case (.listing(let basis, let isStreamRefused), .listed(let newVersion)):
            if isStreamRefused { streamsLists = false }
            return listed(newVersion, basis: basis, now: now, using: &random)
        case (.listing(let basis, _), .listFailed(let failure)):
            return discarding(listFailed(failure, basis: basis, now: now, using: &random))
        case (.waiting(thenList: let basis?, byPages: true), .waited):
            return list(basis)
        case (.waiting(let basis, _), .waited):
            return basis.map { fetch($0, now: now, using: &random) } ?? watch(now: now, using: &random)
        case (.filling(let basis, let since, let last), _):
            return filling(input, basis, since: since, lastProgress: last, now: now, using: &random)
        case (.watching(let since, _), .changed(let newVersion)):
            phase = .watching(since: since, heardAnything: true)
            return WatcherStep(advance(to: newVersion) ? .show : .none, then: .read)
        case (.watching(let since, _), .bookmark(let newVersion, _)):
            phase = .watching(since: since, heardAnything: true)
            return WatcherStep(advance(to: newVersion) ? .advance(to: newVersion) : .none, then: .read)
        case (.watching(let since, let heardAnything), .streamEnded):
            if !heardAnything, now - since < Self.shortestStream {
                return retreat(.failed("the watch ended at once"), thenList: nil, now: now, using: &random)
            }
            return watch(now: now, using: &random)
        case (.watching, .watchFailed(let failure)):
            return watchFailed(failure, now: now, using: &random)
        default:
            // An answer to a question that was not asked: start over from what is known.
            return discarding(fetch(relistBasis, now: now, using: &random))
        }
    }

    private var relistBasis: ListBasis { version.map(ListBasis.notOlderThan) ?? .latest }

    // MARK: A list

    private mutating func fetch(
        _ basis: ListBasis, now: Duration, using random: inout some RandomNumberGenerator
    ) -> WatcherStep {
        guard streamsLists else { return list(basis) }
        phase = .filling(basis, since: now, lastProgress: nil)
        return WatcherStep(then: .watch(.everything(basis), serverTimeout: Self.serverTimeout(using: &random)))
    }

    private mutating func list(_ basis: ListBasis, isStreamRefused: Bool = false) -> WatcherStep {
        phase = .listing(basis, isStreamRefused: isStreamRefused)
        return WatcherStep(then: .list(basis))
    }

    private mutating func listed(
        _ newVersion: String, basis: ListBasis, now: Duration, using random: inout some RandomNumberGenerator
    ) -> WatcherStep {
        if isTooOld(newVersion, for: basis) {
            // A server that does not know resourceVersionMatch answered from an old cache.
            return discarding(list(.latest))
        }
        version = newVersion
        return WatcherStep(.commit(newVersion), then: watch(now: now, using: &random).action)
    }

    private mutating func listFailed(
        _ failure: WatchFailure, basis: ListBasis, now: Duration, using random: inout some RandomNumberGenerator
    ) -> WatcherStep {
        // Refused as expired or too large, or the cache is behind: what is latest is always served.
        if failure == .expired, basis != .latest { return fetch(.latest, now: now, using: &random) }
        if case .throttled = failure { return retreat(failure, thenList: basis, now: now, using: &random) }
        return retreat(failure, thenList: .latest, now: now, using: &random)
    }

    private mutating func streamFailed(
        _ failure: WatchFailure, basis: ListBasis, now: Duration, using random: inout some RandomNumberGenerator
    ) -> WatcherStep {
        let step = listFailed(failure, basis: basis, now: now, using: &random)
        // Perhaps something on the way cuts every stream; whole lists may come through it.
        if case .failed = failure, case .waiting(let next?, _) = phase, cuts >= Self.failuresBeforeRelist {
            phase = .waiting(thenList: next, byPages: true)
        }
        return step
    }

    private func isTooOld(_ newVersion: String, for basis: ListBasis) -> Bool {
        guard case .notOlderThan(let floor) = basis else { return false }
        return ResourceVersion.isNewer(floor, than: newVersion)
    }

    // MARK: A streaming list

    private mutating func filling(
        _ input: WatcherInput, _ basis: ListBasis, since: Duration, lastProgress: Duration?, now: Duration,
        using random: inout some RandomNumberGenerator
    ) -> WatcherStep {
        switch input {
        case .changed:
            phase = .filling(basis, since: since, lastProgress: now)
            return WatcherStep(.stage, then: .read)
        case .bookmark(let newVersion, endsInitialEvents: true):
            if isTooOld(newVersion, for: basis) { return discarding(fetch(.latest, now: now, using: &random)) }
            version = newVersion
            unmarkedEnds = 0
            phase = .watching(since: since, heardAnything: true)
            return WatcherStep(.commit(newVersion), then: .read)
        case .stalled where lastProgress == nil:
            // Perhaps the request has reached nobody: a dead line looks like a server without objects and without the mark.
            return discarding(list(basis))
        case .bookmark, .stalled:
            // A bookmark before the mark comes from a server that does not know what was asked for.
            streamsLists = false
            return discarding(list(basis))
        case .watchFailed(.refused):
            // Perhaps for the stream, perhaps because the kind is not there yet.
            return discarding(list(basis, isStreamRefused: true))
        case .streamEnded:
            // Perhaps the server only restarts: this time without a stream.
            unmarkedEnds += 1
            if unmarkedEnds >= Self.endsBeforeMark { streamsLists = false }
            return discarding(list(basis))
        case .watchFailed(let failure):
            return discarding(streamFailed(failure, basis: basis, now: now, using: &random))
        default:
            return discarding(list(basis))
        }
    }

    private func discarding(_ step: WatcherStep) -> WatcherStep { WatcherStep(.discard, then: step.action) }

    // MARK: A watch

    private mutating func watchFailed(
        _ failure: WatchFailure, now: Duration, using random: inout some RandomNumberGenerator
    ) -> WatcherStep {
        switch failure {
        case .expired:
            guard recordFailure(failure, now: now) > 1 else { return fetch(relistBasis, now: now, using: &random) }
            return pause(for: nextDelay(using: &random), thenList: relistBasis)
        case .throttled:
            return retreat(failure, thenList: nil, now: now, using: &random)
        case .refused, .failed:
            recordFailure(failure, now: now)
            let delay = nextDelay(using: &random)
            return pause(for: delay, thenList: cuts >= Self.failuresBeforeRelist ? relistBasis : nil)
        }
    }

    /// Goes forward only; false when the version is not newer than what was shown.
    private mutating func advance(to newVersion: String) -> Bool {
        guard ResourceVersion.isNewer(newVersion, than: version ?? "") else { return false }
        version = newVersion
        return true
    }

    private mutating func watch(now: Duration, using random: inout some RandomNumberGenerator) -> WatcherStep {
        guard let version else { return fetch(.latest, now: now, using: &random) }
        phase = .watching(since: now, heardAnything: false)
        return WatcherStep(then: .watch(.after(version), serverTimeout: Self.serverTimeout(using: &random)))
    }

    /// Spread over five to ten minutes, so that the watches of many clients do not end together.
    private static func serverTimeout(using random: inout some RandomNumberGenerator) -> Duration {
        .seconds(Int.random(in: 300...600, using: &random))
    }

    // MARK: Failures

    private mutating func retreat(
        _ failure: WatchFailure, thenList basis: ListBasis?, now: Duration,
        using random: inout some RandomNumberGenerator
    ) -> WatcherStep {
        recordFailure(failure, now: now)
        var delay = nextDelay(using: &random)
        if case .throttled(let asked?) = failure { delay = max(delay, min(asked, RetryPolicy.longestThrottle)) }
        return pause(for: delay, thenList: basis)
    }

    private mutating func pause(for delay: Duration, thenList basis: ListBasis?) -> WatcherStep {
        phase = .waiting(thenList: basis)
        return WatcherStep(then: .wait(delay))
    }

    @discardableResult
    private mutating func recordFailure(_ failure: WatchFailure, now: Duration) -> Int {
        if let lastFailure, now - lastFailure >= Self.quietTime { (failures, cuts) = (0, 0) }
        lastFailure = now
        failures += 1
        switch failure {
        case .refused, .failed: cuts += 1
        case .expired, .throttled: break
        }
        return failures
    }

    private func nextDelay(using random: inout some RandomNumberGenerator) -> Duration {
        retryPolicy.delay(failures: failures, using: &random)
    }
}
