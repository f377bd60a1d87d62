/// Why a key was put in the queue: for people, in logs; the reconciler never sees it, so that it stays level-triggered.
package struct ReconcileReason: Sendable, Hashable, CustomStringConvertible {
    /// Where it came from: a kind, or "timer", "retry", "start".
    package var source: String
    /// What happened there, such as "modified shop/cart@1234".
    package var detail: String

    package init(_ source: String, _ detail: String = "") {
        self.source = source
        self.detail = detail
    }

    package var description: String { detail.isEmpty ? source : "\(source): \(detail)" }
}
