import JSON
import Primitives

extension ConversationTotals {
    /// What the answered calls cost; unknown is unknown: of a sum that lacks a price there is none.
    var costDollars: JSONValue? { callsOfUnknownCost == 0 ? MessageCost.dollars(totalNanoUSD) : .none }

    /// What the lost calls may have cost at most.
    var lostDollars: JSONValue? { lostCallsOfUnknownCost == 0 ? MessageCost.dollars(lostNanoUSD) : .none }
}

extension MessageCost {
    var dollars: JSONValue { Self.dollars(totalNanoUSD) }

    /// Dollars as a JSON number without rounding: nano-dollars are exact in decimal notation.
    static func dollars(_ nanos: Int64) -> JSONValue {
        let (whole, rest) = nanos.quotientAndRemainder(dividingBy: 1_000_000_000)
        let digits = String(rest.magnitude)
        let fraction = String(repeating: "0", count: 9 - digits.count) + digits
        let sign = nanos < 0 && whole == 0 ? "-" : ""
        return .number("\(sign)\(whole).\(fraction)")
    }
}
