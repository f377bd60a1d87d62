import Primitives

/// What is known of a credential that a plugin gives: the last one, how long it is good, and when to ask for the next.
///
/// Invariants: a credential is good until shortly before its end, or until the server refuses it; a failure is remembered for
/// ``failureHold``, and takes nothing away from the credential before it.
struct CredentialLife: Sendable {
    /// How long before the end a credential is not used any more, so that it does not end on the way.
    static let early = Duration.seconds(10)
    /// How long before the end the next one is asked for where somebody minds that: twice what a plugin may take.
    static let ahead = PluginProgram.timeLimit * 2
    /// So that many requests do not each open a browser.
    static let failureHold = Duration.seconds(5)
    /// Between attempts that nobody asked for: of a plugin that fails, or whose answers are over by our clock when they come.
    static let pause = Duration.seconds(15)

    private(set) var credential: ExecCredential?
    private var goodUntil: Timestamp?
    private var renewAt: Timestamp?
    private var failure: KubernetesError?
    /// When the last attempt ended.
    private var triedAt: Duration?

    /// The credential, unless it is about to end or is the one that was refused.
    func good(besides refused: ExecCredential?, wall: Timestamp) -> ExecCredential? {
        guard let credential, credential != refused else { return nil }
        if let goodUntil, goodUntil <= wall { return nil }
        return credential
    }

    func rememberedFailure(now: Duration) -> KubernetesError? {
        guard let failure, let triedAt, now - triedAt < Self.failureHold else { return nil }
        return failure
    }

    /// How long until it is time for the next one; nil when it is not before somebody asks.
    func untilRenewal(wall: Timestamp, now: Duration) -> Duration? {
        guard let triedAt else { return .zero }
        guard let renewAt else { return nil }
        return max(renewAt - wall, triedAt + Self.pause - now, .zero)
    }

    mutating func came(_ credential: ExecCredential, wall: Timestamp, now: Duration) {
        self.credential = credential
        (failure, triedAt) = (nil, now)
        // Half of a short life: one that is good for less than that would be asked for with every request.
        let half = credential.expires.map { max($0 - wall, .zero) / 2 }
        goodUntil = credential.expires.map { $0 - min(Self.early, half ?? .zero) }
        renewAt = credential.expires.map { $0 - min(Self.ahead, half ?? .zero) }
    }

    mutating func failed(_ error: KubernetesError, now: Duration) { (failure, triedAt) = (error, now) }
}
