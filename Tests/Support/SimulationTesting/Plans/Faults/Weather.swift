extension Plan {
    /// How many seeds `simulate` tries when it is not told otherwise.
    private static let seeds: UInt64 = 200

    /// A random mixture of everything that can happen to a request, by seed: deaths, losses, conflicts, 429, 5xx, slow
    /// and reordered work.
    package static let weather = Plan("weather", "a random mixture of mishaps, by seed", beginAlike: false) {
        lifecycle, _, seed in
        let first = seed ?? 1
        return (first..<first + seeds).map { number in
            var schedule = Schedule(lifecycle, seed: number)
            schedule.weather = .rough
            schedule.rest = .seconds(20)
            return Case("seed-\(number)", schedule)
        }
    }
}
