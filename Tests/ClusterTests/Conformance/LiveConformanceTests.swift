import ClusterTesting
import ConformanceTesting
import Testing

/// The scenarios played to real servers, and at once to the in-memory one: whatever they say must be the same, but for the
/// differences that `AllowedDifference` lists.
///
/// The suites wait for the operators of other suites, which would write to the same objects.
@Suite(.timeLimit(.minutes(15))) struct LiveConformanceTests {
    /// Our kinds as 1.36 serves them, and Kubernetes' own.
    @Test func theCurrentServerAndTheInMemoryOneAgree() async throws {
        try await LiveStage.with(.api) { live in
            try await live.compare(.current)
            try await live.compare(.builtIn)
        }
    }

    /// Our kinds as 1.20 serves them, with the old form of our definitions.
    @Test func thePlainServerAndTheInMemoryOneAgree() async throws {
        try await LiveStage.with(.plain) { live in
            try await live.compare(.plain)
            try await live.compare(.builtIn)
        }
    }
}
