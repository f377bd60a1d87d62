/// Something that must not be, found by one of the oracles.
package struct Violation: Sendable, Hashable, CustomStringConvertible {
    /// The oracles of the runtime specification, section 2.2.
    package enum Oracle: String, Sendable, Hashable {
        case endState = "O1"
        case updateSummary = "O2"
        case quiescence = "O3"
        case progress = "O4"
        case processFault = "O5"
        case writeDiscipline = "O6"
        case invariants = "O7"
        case rollBack = "O8"
    }

    package var oracle: Oracle
    package var what: String

    package init(_ oracle: Oracle, _ what: String) {
        self.oracle = oracle
        self.what = what
    }

    package var description: String { "\(oracle.rawValue): \(what)" }
}
