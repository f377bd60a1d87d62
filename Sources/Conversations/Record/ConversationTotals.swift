import Primitives

/// Sums over a conversation, kept up to date message by message.
///
/// Invariant: whatever was reserved and not settled by a reply (or given back) is either `open` or part of the lost sums,
/// so `chargedTokens` and `chargedNanoUSD` never leave out a call that may have been paid.
package struct ConversationTotals: Sendable, Hashable {
    package private(set) var messages = 0
    /// Model calls whose reply is recorded.
    package private(set) var calls = 0
    /// Of their replies, those with a valid action, `submit` included.
    package private(set) var steps = 0
    package private(set) var usage = MessageUsage()
    package private(set) var inputNanoUSD: Int64 = 0
    package private(set) var outputNanoUSD: Int64 = 0
    package private(set) var totalNanoUSD: Int64 = 0
    /// Replies whose price is not known; with one of them the cost is only a lower bound.
    package private(set) var callsOfUnknownCost = 0
    /// Where the last known cost came from.
    package private(set) var costSource: String?
    /// Calls that were reserved and whose reply never came into the record.
    package private(set) var lostCalls = 0
    package private(set) var lostTokens: Int64 = 0
    package private(set) var lostNanoUSD: Int64 = 0
    /// Of the lost calls, those at no known price.
    package private(set) var lostCallsOfUnknownCost = 0
    /// The call that may be under way.
    package private(set) var open: CallReservation?

    package init() {}

    package var chargedTokens: Int64 {
        usage.totalTokens.saturatingAdd(lostTokens).saturatingAdd(open?.tokens ?? 0)
    }

    package var chargedNanoUSD: Int64 {
        totalNanoUSD.saturatingAdd(lostNanoUSD).saturatingAdd(open?.nanoUSD ?? 0)
    }

    /// The sums of a conversation to which no reply will be added any more: the open call is lost as well.
    package var closed: Self {
        var closed = self
        closed.loseOpen()
        return closed
    }

    mutating func add(_ message: ConversationMessage) {
        messages += 1
        if message.isStep { steps += 1 }
        if message.releasesReservation { open = nil }
        if let usage = message.usage {
            open = nil
            calls += 1
            self.usage.add(usage)
            if let cost = message.cost {
                inputNanoUSD = inputNanoUSD.saturatingAdd(cost.inputNanoUSD)
                outputNanoUSD = outputNanoUSD.saturatingAdd(cost.outputNanoUSD)
                totalNanoUSD = totalNanoUSD.saturatingAdd(cost.totalNanoUSD)
                costSource = cost.source
            } else {
                callsOfUnknownCost += 1
            }
        }
        if let reservation = message.reservation {
            loseOpen()
            open = reservation
        }
    }

    private mutating func loseOpen() {
        guard let lost = open else { return }
        lostCalls += 1
        lostTokens = lostTokens.saturatingAdd(lost.tokens)
        lostNanoUSD = lostNanoUSD.saturatingAdd(lost.nanoUSD ?? 0)
        if lost.nanoUSD == nil { lostCallsOfUnknownCost += 1 }
        open = nil
    }
}
