/// A number that only grows.
///
/// Label values come in the order the labels were declared.
package struct Counter: Sendable {
    let family: MetricFamily

    /// Negative amounts are ignored.
    package func add(_ amount: Double = 1, _ labels: [String] = []) {
        guard amount >= 0 else { return }
        family.update(labels) { $0.value += amount }
    }

    package func add(_ labels: [String]) {
        add(1, labels)
    }

    /// Makes the series exist with 0, so that rates are right from its first increment.
    package func initialize(_ labels: [String]) {
        family.update(labels) { _ in }
    }

    /// For totals that something else counts, such as the kernel.
    package func set(total: Double, _ labels: [String] = []) {
        family.update(labels) { $0.value = max($0.value, total) }
    }

    package func value(_ labels: [String] = []) -> Double {
        family.read(labels)?.value ?? 0
    }
}
