import HTTP
import Primitives
import Processes
import Telemetry

/// Runs a credential plugin when its last answer is no longer good, or, while `keepFresh` runs, in time before that.
///
/// Invariants
/// - one run at a time, whose answer serves everybody who waited for it;
/// - while `keepFresh` runs, only it runs the plugin: whoever gives up waiting ends no run, and whoever has little time, such
///   as a renewal of the Lease, is given what is good while the next is being fetched;
/// - nobody waits for a `keepFresh` that has ended.
final class PluginSource: Sendable {
    private typealias Answer = Result<ExecCredential, KubernetesError>

    private struct State {
        var life = CredentialLife()
        /// Wakes `keepFresh`; nil while it does not run.
        var wish: AsyncStream<Void>.Continuation?
        var lastTicket = 0
        /// Those who wait for the end of the run that is under way, or of the next.
        var waiting: [Int: AsyncStream<Answer>.Continuation] = [:]
    }

    private let program: PluginProgram
    private let time: any TimeSource
    private let logger: Logger
    private let secrets: RotatingSecret?
    private let state = Locked(State())
    private let turnstile = Turnstile()

    init(
        _ plugin: ExecPlugin, launcher: any ProcessLauncher, time: any TimeSource, logger: Logger,
        secrets: RotatingSecret?
    ) {
        program = PluginProgram(plugin: plugin, launcher: launcher)
        self.time = time
        self.logger = logger
        self.secrets = secrets
    }

    /// How many wait for the run that `keepFresh` makes.
    var waiting: Int { state.withLock { $0.waiting.count } }

    static var cancelled: KubernetesError {
        KubernetesError(Operation(verb: "authenticate"), .transport(.cancelled))
    }

    /// The credential for the next request; `refused` is one that the server did not accept.
    func credential(notEqualTo refused: ExecCredential? = nil) async throws(KubernetesError) -> ExecCredential {
        if let good = known(refused) { return good }
        if let answer = try await nextAnswer(refused) { return try answer.get() }
        return try await turnstile.pass(orThrow: Self.cancelled) { () async throws(KubernetesError) in
            // Whoever was inside before may have brought it.
            if let good = known(refused) { return good }
            if let failure = rememberedFailure() { throw failure }
            return try await fetch().get()
        }
    }

    /// Fetches a credential at once, the next before it ends, and one whenever somebody needs it; until the task is cancelled.
    func keepFresh() async {
        let (wishes, wish) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.wish = wish }
        wish.yield()
        await withDiscardingTaskGroup { alarms in
            let earliest = Locked<Duration?>(nil)
            for await _ in wishes {
                if isDue { await renew() }
                guard let wait = untilRenewal else { continue }
                let due = time.monotonicNow() + wait
                let isNew = earliest.withLock { earliest in
                    // An alarm that is set already is early enough: it leads here again.
                    if let set = earliest, set <= due { return false }
                    earliest = due
                    return true
                }
                guard isNew else { continue }
                alarms.addTask { [time] in
                    do { try await time.sleep(for: wait) } catch { return }
                    earliest.withLock { if $0 == due { $0 = nil } }
                    wish.yield()
                }
            }
            alarms.cancelAll()
        }
        let left = state.withLock { state in
            defer { state.waiting = [:] }
            state.wish = nil
            return Array(state.waiting.values)
        }
        for waiting in left { waiting.finish() }
    }

    /// What the run brings that `keepFresh` makes now; nil when it does not run.
    private func nextAnswer(_ refused: ExecCredential?) async throws(KubernetesError) -> Answer? {
        let (answers, place) = AsyncStream<Answer>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let (wall, now) = (time.wallNow(), time.monotonicNow())
        let ticket: Int? = state.withLock { state in
            guard let wish = state.wish else { return nil }
            state.lastTicket += 1
            // It may have come since this was last asked for.
            if let good = state.life.good(besides: refused, wall: wall) {
                place.yield(.success(good))
            } else if let failure = state.life.rememberedFailure(now: now) {
                place.yield(.failure(failure))
            } else {
                state.waiting[state.lastTicket] = place
                wish.yield()
            }
            return state.lastTicket
        }
        guard let ticket else { return nil }
        defer { state.withLock { $0.waiting[ticket] = nil } }
        for await answer in answers { return answer }
        if Task.isCancelled { throw Self.cancelled }
        return nil
    }

    private var isDue: Bool {
        let (wall, now) = (time.wallNow(), time.monotonicNow())
        return state.withLock { !$0.waiting.isEmpty || $0.life.untilRenewal(wall: wall, now: now) == .zero }
    }

    private var untilRenewal: Duration? {
        let (wall, now) = (time.wallNow(), time.monotonicNow())
        return state.withLock { $0.life.untilRenewal(wall: wall, now: now) }
    }

    private func renew() async {
        do throws(KubernetesError) {
            try await turnstile.pass(orThrow: Self.cancelled) { () async throws(KubernetesError) in
                // Whoever came before this ran may have brought one.
                guard isDue else { return }
                if case .failure(let error) = await fetch(), !error.isCancelled {
                    logger.warning("no credential from the plugin", ["error": .describing(error)])
                }
            }
        } catch {
            // Cancelled while another's run was under way.
        }
    }

    /// Runs the plugin, and tells those who wait; the turnstile lets nobody else do so meanwhile.
    private func fetch() async -> Answer {
        let answer: Answer
        do throws(KubernetesError) {
            answer = .success(try await program.run())
        } catch {
            answer = .failure(error)
        }
        if case .success(let credential) = answer, let token = credential.token { secrets?.hold(token) }
        let (wall, now) = (time.wallNow(), time.monotonicNow())
        let waiting = state.withLock { state -> [AsyncStream<Answer>.Continuation] in
            switch answer {
            case .success(let credential): state.life.came(credential, wall: wall, now: now)
            // The next in line tries for itself.
            case .failure(let error) where error.isCancelled: return []
            case .failure(let error): state.life.failed(error, now: now)
            }
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for place in waiting {
            place.yield(answer)
            place.finish()
        }
        return answer
    }

    private func known(_ refused: ExecCredential?) -> ExecCredential? {
        let wall = time.wallNow()
        return state.withLock { $0.life.good(besides: refused, wall: wall) }
    }

    private func rememberedFailure() -> KubernetesError? {
        let now = time.monotonicNow()
        return state.withLock { $0.life.rememberedFailure(now: now) }
    }
}
