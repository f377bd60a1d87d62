import Testing

/// I5: every kind of key, thrown at every place that somebody reads.
@Suite struct SecretSinkTests {
    @Test(arguments: SecretKind.all, SecretSink.allCases)
    func noKeyComesToASink(secret: SecretKind, sink: SecretSink) async throws {
        let trail = try await SecretTrail.kept.trail(of: secret)
        let text = try #require(trail.texts[sink])
        #expect(!text.isEmpty)
        // Numbers take no words in; everywhere else it would show if the secret had been planted elsewhere.
        if sink != .metrics { #expect(text.contains(SecretTrail.mark), "nothing was planted there") }
        #expect(!text.contains(secret.core))
        if secret.isRegistered, let known = secret.registered { #expect(!text.contains(known)) }
    }
}
