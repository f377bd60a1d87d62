/// The order of resource versions of one kind.
///
/// They are decimal numbers without leading zeros that may outgrow 64 bits, so the longer one is the newer, and equal
/// lengths compare as text (enhancement 5504, stable in Kubernetes 1.35).
package enum ResourceVersion {
    package static func isNewer(_ version: String, than other: String) -> Bool {
        let (left, right) = (version.utf8, other.utf8)
        guard left.count == right.count else { return left.count > right.count }
        return right.lexicographicallyPrecedes(left)
    }
}
