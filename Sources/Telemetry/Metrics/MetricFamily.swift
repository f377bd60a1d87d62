internal import Primitives

/// All series of one name.
///
/// Invariant: every key of `series` has as many values as there are labels.
final class MetricFamily: Sendable {
    enum Kind: String, Sendable { case counter, gauge, histogram }

    let name: String
    let kind: Kind
    let labels: [String]
    let buckets: [Double]
    private let help: String
    private let seriesLimit: Int
    private let onDrop: @Sendable (String) -> Void
    private let allSeries = Locked<[[String]: MetricSeries]>([:])

    init(
        name: String, help: String, kind: Kind, labels: [String], buckets: [Double], seriesLimit: Int,
        onDrop: @escaping @Sendable (String) -> Void
    ) {
        self.name = name
        self.help = help
        self.kind = kind
        self.labels = labels
        self.buckets = buckets
        self.seriesLimit = seriesLimit
        self.onDrop = onDrop
        if labels.isEmpty { update([]) { _ in } }
    }

    /// The series of these label values, made at need; nil, and counted, when there is no room for it.
    func series(_ values: [String]) -> MetricSeries? {
        let found = allSeries.withLock { series -> MetricSeries? in
            guard values.count == labels.count else { return nil }
            if let known = series[values] { return known }
            guard series.count < seriesLimit else { return nil }
            let new = MetricSeries(bucketCount: kind == .histogram ? buckets.count + 1 : 0)
            series[values] = new
            return new
        }
        if found == nil { onDrop(name) }
        return found
    }

    func update(_ values: [String], _ change: (inout MetricSeries.Numbers) -> Void) {
        series(values)?.update(change)
    }

    func remove(_ values: [String]) {
        allSeries.withLock { $0[values] = nil }
    }

    func read(_ values: [String]) -> MetricSeries.Numbers? {
        allSeries.withLock { $0[values] }?.now
    }

    func write(to text: inout String) {
        text += "# HELP \(name) \(MetricText.escaped(help: help))\n# TYPE \(name) \(kind.rawValue)\n"
        let all = allSeries.withLock { $0 }.mapValues(\.now)
        for (values, series) in all.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            let pairs = zip(labels, values).map { "\($0)=\"\(MetricText.escaped(label: $1))\"" }
            if kind == .histogram {
                writeHistogram(series, pairs, to: &text)
            } else {
                text += "\(name)\(MetricText.braced(pairs)) \(MetricText.number(series.value))\n"
            }
        }
    }

    private func writeHistogram(_ series: MetricSeries.Numbers, _ pairs: [String], to text: inout String) {
        var total: UInt64 = 0
        for (bound, count) in zip(buckets + [.infinity], series.counts) {
            total += count
            let labels = MetricText.braced(pairs + ["le=\"\(MetricText.number(bound))\""])
            text += "\(name)_bucket\(labels) \(total)\n"
        }
        text += "\(name)_sum\(MetricText.braced(pairs)) \(MetricText.number(series.value))\n"
        text += "\(name)_count\(MetricText.braced(pairs)) \(total)\n"
    }

    static func isValid(metricName name: String) -> Bool {
        isValid(name, allowsColon: true)
    }

    static func isValid(labelName name: String) -> Bool {
        isValid(name, allowsColon: false) && !name.hasPrefix("__") && name != "le"
    }

    private static func isValid(_ name: String, allowsColon: Bool) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            case UInt8(ascii: ":"): allowsColon
            default: false
            }
        }
    }
}
