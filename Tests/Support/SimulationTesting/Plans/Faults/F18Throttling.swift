import Primitives

extension Plan {
    /// F18: too many requests, with and without a time to come back, at each request in turn and for half a minute.
    ///
    /// Forty seconds are more than the client waits by itself, and than the lease allows.
    package static let throttling = Plan("F18", "429 at each request in turn, and to all for 30 s") {
        lifecycle, clean, seed in
        var cases: [Case] = []
        for wait in [nil, 3, 40] {
            cases += (1...max(1, clean.effects)).map { number in
                Case(
                    "429-\(wait ?? 0)-\(number)",
                    Schedule(
                        lifecycle, seed: seed,
                        faults: [.at(number, "429") { $0.kind == .exec ? .none : .throttled(wait) }]))
            }
            for start in [0, 1, 2] {
                let time = Duration.seconds(start)..<Duration.seconds(start + 30)
                cases.append(
                    Case(
                        "429-\(wait ?? 0)-all-from-\(start)",
                        Schedule(
                            lifecycle, seed: seed,
                            faults: [
                                .during(time, "429", { $0.kind != .exec && $0.kind != .model }) { _ in .throttled(wait)
                                }
                            ])
                    ))
            }
        }
        return cases
    }
}
