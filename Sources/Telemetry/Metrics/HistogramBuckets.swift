/// Upper bounds for histograms.
package enum HistogramBuckets {
    /// Prometheus's default, for durations in seconds.
    package static let seconds: [Double] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    /// Those of controller_runtime_reconcile_time_seconds: 5 ms to 60 s in 40 steps (controller-runtime,
    /// pkg/internal/controller/metrics).
    package static let reconcileSeconds: [Double] = [
        0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.25, 1.5,
        1.75, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
    ]

    /// Those of the workqueue histograms: 10 ns, times ten, twelve times.
    package static let queueSeconds = exponential(start: 1e-8, factor: 10, count: 12)

    /// Those of the rest_client durations (Kubernetes, component-base/metrics/prometheus/restclient).
    package static let requestSeconds: [Double] = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60]

    /// Those of the rest_client sizes, 64 B to 16 MiB (Kubernetes, component-base/metrics/prometheus/restclient).
    package static let bodyBytes: [Double] = [
        64, 256, 512, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216,
    ]

    /// The first bound that is not below the value; the count of the bounds for one beyond all of them.
    static func index(of value: Double, in bounds: [Double]) -> Int {
        var (low, high) = (0, bounds.count)
        while low < high {
            let middle = (low + high) / 2
            if value <= bounds[middle] { high = middle } else { low = middle + 1 }
        }
        return low
    }

    package static func exponential(start: Double, factor: Double, count: Int) -> [Double] {
        (0..<count).map { step in (0..<step).reduce(start) { bound, _ in bound * factor } }
    }
}
