import LanguageModels
import Primitives

/// How long one turn goes on asking a provider that does not answer.
///
/// Waits are `providerDelays` (2, 4, 8 s with jitter, unless the pool says otherwise), or what the server asked for.
/// Invariants: a reply that may have been paid is lost `lostReplyAttempts` times at most; what cost nothing is tried again as
/// long as `providerPatience` has not passed since the first failure; what waiting does not mend is never tried again.
struct ProviderOutage {
    private let limits: AgentLimits
    private var generator: SeededGenerator
    private(set) var failures = 0
    private var lost = 0
    private var since: Duration?

    /// The identity decides the jitter, so that runs do not come back all at once and a replay waits as long.
    init(identity: String, limits: AgentLimits) {
        self.limits = limits
        // FNV-1a: the standard library's hashes differ from process to process.
        let seed = identity.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        generator = SeededGenerator(seed: seed)
    }

    /// Nil when it is enough.
    mutating func wait(after failure: ModelError, now: Duration) -> Duration? {
        failures += 1
        guard failure.isRetryable else { return nil }
        let start = since ?? now
        since = start
        if failure.mayHaveBeenCharged {
            lost += 1
            if lost >= limits.lostReplyAttempts { return nil }
        } else if now - start >= limits.providerPatience {
            return nil
        }
        return limits.providerDelays.delay(afterAttempt: failures, serverAsked: failure.retryAfter, using: &generator)
    }
}
