/// A number that goes up and down.
///
/// Label values come in the order the labels were declared.
package struct Gauge: Sendable {
    let family: MetricFamily

    package func set(_ value: Double, _ labels: [String] = []) {
        family.update(labels) { $0.value = value }
    }

    package func add(_ amount: Double, _ labels: [String] = []) {
        family.update(labels) { $0.value += amount }
    }

    /// Takes the series out, for a thing that no longer exists.
    package func remove(_ labels: [String]) {
        family.remove(labels)
    }

    package func value(_ labels: [String] = []) -> Double {
        family.read(labels)?.value ?? 0
    }
}
