/// A failure with which the server may have said how long to stay away.
package protocol RetryTimed: Error {
    /// Nil when it said nothing.
    var retryAfter: Duration? { get }
}

extension KubernetesError: RetryTimed {}
