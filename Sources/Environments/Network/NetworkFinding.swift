/// Whether the cluster's network plug-in enforces NetworkPolicy.
package enum NetworkFinding: Sendable, Hashable {
    /// A pod that was reached before a policy forbade it was not reached after.
    case isolated
    /// It was reached all the same.
    case open
    /// Nobody could say; with the reason.
    case unknown(String)
}
