/// Short texts for the columns of `kubectl get`, which can only print what a field already holds.
package enum DisplayText {
    /// `950`, `12.3k`, `4.1M`, `2.0B`: cut, not rounded, so that a limit never looks reached before it is.
    package static func tokens(_ count: Int64) -> String {
        switch count {
        case ..<10_000: String(max(0, count))
        case ..<1_000_000: scaled(count, by: 1_000) + "k"
        case ..<1_000_000_000: scaled(count, by: 1_000_000) + "M"
        case ..<1_000_000_000_000: scaled(count, by: 1_000_000_000) + "B"
        default: "≥ 1000B"
        }
    }

    /// `$0.0123`: four digits after the point, rounded up, so that money spent never shows as nothing.
    ///
    /// An unknown cost is `unknown`, never zero; a simulated one says so, and so does one that may be more: `≥ $0.0123`, which
    /// is rounded down, since it must be at least so much. One that was reckoned from an estimate is `~$0.0123`; nothing is
    /// nothing, however much of it there was.
    package static func cost(
        nanos: Int64?, isSimulated: Bool, mayBeMore: Bool = false, isEstimated: Bool = false
    ) -> String {
        if isSimulated { return "$0 (simulated)" }
        guard let nanos else { return "unknown" }
        if nanos <= 0 { return mayBeMore ? "≥ $0" : "$0" }
        let steps = nanos / 100_000
        let about = isEstimated ? "~" : ""
        if mayBeMore { return steps == 0 ? "> $0" : "≥ " + about + dollars(steps) }
        return about + dollars(steps + (nanos % 100_000 == 0 ? 0 : 1))
    }

    /// Of ten-thousandths.
    private static func dollars(_ steps: Int64) -> String {
        let fraction = String(steps % 10_000)
        return "$\(steps / 10_000)." + String(repeating: "0", count: 4 - fraction.count) + fraction
    }

    /// That of a bill: where replies were lost that may have been billed, it is the least it comes to.
    package static func cost(_ usage: Usage) -> String {
        let mayBeMore = usage.lostCalls > 0 && usage.lostCost?.nanos != 0
        return cost(
            nanos: usage.cost?.nanos, isSimulated: usage.simulated, mayBeMore: mayBeMore, isEstimated: usage.estimated)
    }

    /// `9s`, `2m14s`, `1h3m`, `2d4h`.
    package static func duration(seconds: Int64) -> String {
        let seconds = max(0, seconds)
        return switch seconds {
        case ..<60: "\(seconds)s"
        case ..<3_600: "\(seconds / 60)m\(seconds % 60)s"
        case ..<86_400: "\(seconds / 3_600)h\(seconds % 3_600 / 60)m"
        default: "\(seconds / 86_400)d\(seconds % 86_400 / 3_600)h"
        }
    }

    /// `gpt-4o-mini`, or `simulated`, or `gpt-4o-mini (simulated)` when a name was asked for.
    package static func model(name: String?, isSimulated: Bool) -> String {
        guard let name, !name.isEmpty, name != "simulated" else { return isSimulated ? "simulated" : "default" }
        return isSimulated ? "\(name) (simulated)" : name
    }

    private static func scaled(_ count: Int64, by unit: Int64) -> String {
        "\(count / unit).\(count % unit / (unit / 10))"
    }
}
