/// Where the sources of this test run lie.
package enum RepositoryRoot {
    package static let path: String = {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        // Tests/Support/ClusterTesting/Processes/RepositoryRoot.swift
        return parts.dropLast(5).joined(separator: "/")
    }()
}
