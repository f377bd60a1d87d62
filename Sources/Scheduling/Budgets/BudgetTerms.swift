/// How much a pool may spend in how long.
package struct BudgetTerms: Sendable, Hashable {
    /// Billionths of a dollar.
    package var most: Int64
    package var length: Duration

    /// What a task wants before it starts.
    package enum Wish: Sendable, Hashable {
        /// All that it may ever spend, so that it never has to stop half-way.
        case limit(Int64)
        /// As it goes: it has no limit of its own.
        case open
    }

    package init(most: Int64, length: Duration) {
        self.most = max(0, most)
        self.length = max(.seconds(1), length)
    }

    /// What a task without a limit is granted at a time: a tenth, so that ten of them run side by side.
    package var piece: Int64 { max(1, most / 10) }

    func amount(_ wish: Wish) -> Int64 {
        switch wish {
        case .limit(let limit): max(0, limit)
        case .open: piece
        }
    }
}
