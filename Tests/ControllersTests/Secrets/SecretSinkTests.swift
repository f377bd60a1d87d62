import AIOpsAPI
import SchedulingTesting
import Testing

/// I5: every kind of key, thrown at every place that somebody reads.
@Suite(.ownThread) struct SecretSinkTests {
    /// A kind of key, and how the agent of whom it is heard calls its tools.
    struct Throw: Sendable, CustomTestStringConvertible {
        var secret: SecretKind
        var style: AgentToolStyle

        var testDescription: String { "\(secret.name), \(style)" }

        static let all = SecretKind.all.flatMap { secret in
            [AgentToolStyle.codeBlock, .native].map { Throw(secret: secret, style: $0) }
        }
    }

    @Test(arguments: Throw.all, SecretSink.allCases)
    func noKeyComesToASink(thrown: Throw, sink: SecretSink) async throws {
        let secret = thrown.secret
        let trail = try await SecretTrail.kept.trail(of: secret, thrown.style)
        let text = try #require(trail.texts[sink])
        #expect(!text.isEmpty)
        // Numbers take no words in; everywhere else it would show if the secret had been planted elsewhere.
        if sink != .metrics { #expect(text.contains(SecretTrail.mark), "nothing was planted there") }
        #expect(!text.contains(secret.core))
        if secret.isRegistered, let known = secret.registered { #expect(!text.contains(known)) }
        // In the native style it is in the arguments of calls, too.
        let arguments = "\\\"command\\\":\\\"\(SecretTrail.mark)"
        if thrown.style == .native, sink == .request { #expect(text.contains(arguments)) }
    }
}
