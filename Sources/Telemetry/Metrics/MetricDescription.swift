/// What a metric is, as documentation lists it.
package struct MetricDescription: Sendable, Hashable, Comparable {
    package var name: String
    /// `counter`, `gauge` or `histogram`.
    package var type: String
    package var labels: [String]

    package init(name: String, type: String, labels: [String]) {
        self.name = name
        self.type = type
        self.labels = labels
    }

    package static func < (left: MetricDescription, right: MetricDescription) -> Bool { left.name < right.name }
}

extension MetricsRegistry {
    /// Every family there is, by name.
    package var descriptions: [MetricDescription] {
        families.map { MetricDescription(name: $0.name, type: $0.kind.rawValue, labels: $0.labels) }.sorted()
    }
}
