/// What differs in an agent's reach after its work, by kind and name.
///
/// Invariants: an object stands in one list at most; what controllers made, changed or removed in answer is counted and named
/// nowhere, since whoever asked for it is named already.
package struct SideEffects: Sendable, Hashable {
    package var created: [String] = []
    /// Also what was deleted and made anew under its name.
    package var changed: [String] = []
    package var deleted: [String] = []
    /// Objects with a controller as their owner that came, went or changed.
    package var consequences = 0
    /// One of the two looks was not whole: more may differ.
    package var isPartial: Bool

    package init(from before: ReachSnapshot, to after: ReachSnapshot) {
        isPartial = before.isPartial || after.isPartial
        let old = Dictionary(before.objects.map { ($0.place, $0) }) { first, _ in first }
        let new = Dictionary(after.objects.map { ($0.place, $0) }) { first, _ in first }
        for place in Set(old.keys).union(new.keys).sorted() {
            let (was, stays) = (old[place], new[place])
            if was?.uid == stays?.uid, was?.revision == stays?.revision { continue }
            if stays?.isOwned ?? was?.isOwned ?? false {
                consequences += 1
            } else if was == nil {
                created.append(place)
            } else if stays == nil {
                deleted.append(place)
            } else {
                changed.append(place)
            }
        }
    }

    /// Whether all of it is within what is allowed, as far as it could be seen.
    package func isSafe(under allowance: EffectAllowance) -> Bool {
        created.allSatisfy { allowance.mayCreate.matches($0) } && changed.allSatisfy { allowance.mayChange.matches($0) }
            && deleted.allSatisfy { allowance.mayDelete.matches($0) }
    }
}
