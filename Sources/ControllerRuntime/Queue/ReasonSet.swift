/// The distinct reasons gathered for one key, the first few of them.
///
/// Invariant: at most `limit` reasons; what did not fit is counted.
package struct ReasonSet: Sendable, Hashable, CustomStringConvertible {
    package static let limit = 6

    package private(set) var reasons: [ReconcileReason] = []
    package private(set) var omitted: Int32 = 0

    package init(_ reasons: [ReconcileReason] = []) {
        if reasons.count == 1 { self.reasons = reasons } else { for reason in reasons { insert(reason) } }
    }

    package mutating func insert(_ reason: ReconcileReason) {
        guard !reasons.contains(reason) else { return }
        if reasons.count < Self.limit { reasons.append(reason) } else { omitted += 1 }
    }

    package mutating func formUnion(_ other: ReasonSet) {
        if reasons.isEmpty {
            self = other
            return
        }
        for reason in other.reasons { insert(reason) }
        omitted += other.omitted
    }

    package var description: String {
        let shown = reasons.map(\.description).joined(separator: "; ")
        return omitted == 0 ? shown : "\(shown); and \(omitted) more"
    }
}
