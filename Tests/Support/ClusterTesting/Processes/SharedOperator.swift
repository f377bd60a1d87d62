package import Testing

/// One operator for all tests of a suite, which then run side by side, each in its own namespace with its own pool.
///
/// Suites with an operator of their own wait for each other: two operators on one cluster would serve the same objects.
package struct SharedOperator: SuiteTrait, TestScoping {
    package struct Running: Sendable {
        package let cluster: TestCluster
        package let process: OperatorProcess
    }

    @TaskLocal private static var running: Running?

    private let profile: TestProfile

    fileprivate init(_ profile: TestProfile) { self.profile = profile }

    package static func current() throws -> Running {
        guard let running else { throw NeverHappened("this test is in no suite with .operator(on:)") }
        return running
    }

    @concurrent package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        try await TestCluster.with(profile) { cluster in
            // What pods and the operator reach of a test; without pods, nothing is asked.
            let hosts = profile == .node ? [try TestProfile.hostAddress()] : []
            try await OperatorProcess.with(cluster, allowedHosts: hosts) { process in
                try await Self.$running.withValue(Running(cluster: cluster, process: process)) { try await function() }
            }
        }
    }

    /// Gives `body` a namespace, with a pool `default` of that many workers if a number is given.
    package static func withNamespace(
        _ purpose: String, workers: Int? = nil, _ body: @Sendable (TestCluster, String) async throws -> Void
    ) async throws {
        let cluster = try current().cluster
        try await cluster.withNamespace(purpose) { namespace in
            if let workers { try await cluster.createPool(workers: workers, in: namespace) }
            try await body(cluster, namespace)
        }
    }
}

extension Trait where Self == SharedOperator {
    package static func `operator`(on profile: TestProfile) -> Self { SharedOperator(profile) }
}
