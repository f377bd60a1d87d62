import Primitives

/// All that chance decides about the network; without a seed there is no chance.
package struct Randomness: Sendable {
    /// How rough it is: of a thousand requests, how many meet which mishap.
    package struct Weather: Sendable, Hashable {
        package var lost = 0
        package var repliesLost = 0
        package var conflicts = 0
        package var throttled = 0
        package var failures = 0
        package var deaths = 0
        /// Mishaps in all, so that every storm ends and progress can be asked for.
        package var limit = 12

        package init() {}

        package static let rough: Weather = {
            var weather = Weather()
            (weather.lost, weather.repliesLost, weather.conflicts) = (20, 20, 20)
            (weather.throttled, weather.failures, weather.deaths) = (15, 20, 12)
            return weather
        }()
    }

    private var generator: SeededGenerator?
    package var weather: Weather?
    private var mishaps = 0

    init(seed: UInt64?) { generator = seed.map { SeededGenerator(seed: $0 &* 0x2545_F491_4F6C_DD1D &+ 1) } }

    /// Mostly near `base`, now and then far above it.
    mutating func latency(_ base: Duration) -> Duration {
        guard generator != nil else { return base }
        switch roll(1000) {
        case 0..<10: return base * (20 + roll(400))
        case 10..<200: return base * (2 + roll(8))
        default: return base * (50 + roll(100)) / 100
        }
    }

    mutating func watchDelay() -> Duration {
        guard generator != nil else { return .milliseconds(1) }
        switch roll(1000) {
        case 0..<10: return .milliseconds(100 + roll(4000))
        case 10..<200: return .milliseconds(2 + roll(50))
        default: return .microseconds(200 + roll(1500))
        }
    }

    mutating func weather(_ exchange: Exchange) -> Mishap {
        guard let weather, generator != nil, mishaps < weather.limit else { return .none }
        let drawn = roll(1000)
        var bound = 0
        func isIn(_ share: Int) -> Bool {
            bound += share
            return drawn < bound
        }
        var mishap = Mishap.none
        if isIn(weather.lost) {
            mishap = .lost
        } else if isIn(weather.repliesLost) {
            mishap = exchange.mayHaveEffect ? .replyLost : .lost
        } else if isIn(weather.conflicts) {
            if exchange.kind == .write, exchange.method != "POST" { mishap = .conflict(exchange) }
        } else if isIn(weather.throttled) {
            if exchange.kind != .exec { mishap = .throttled(exchange.kind == .model ? 1 : roll(2) == 0 ? nil : 1) }
        } else if isIn(weather.failures) {
            if exchange.kind != .exec { mishap = .failed([500, 502, 503, 504][roll(4)]) }
        } else if isIn(weather.deaths) {
            if exchange.mayHaveEffect { mishap = roll(2) == 0 ? .deathBefore : .deathAfter }
        }
        if case .none = mishap { return .none }
        mishaps += 1
        return mishap
    }

    private mutating func roll(_ sides: Int) -> Int {
        guard let drawn = generator?.next() else { return 0 }
        return Int(drawn % UInt64(sides))
    }
}
