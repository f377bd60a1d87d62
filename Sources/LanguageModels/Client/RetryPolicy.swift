import HTTP
import Primitives

/// When a passing failure is tried again.
package struct RetryPolicy: Sendable, Hashable {
    package var attempts: Int
    /// Before the second attempt; doubled for each further one.
    package var firstDelay: Duration
    package var longestDelay: Duration

    package init(attempts: Int = 3, firstDelay: Duration = .seconds(2), longestDelay: Duration = .seconds(8)) {
        self.attempts = attempts
        self.firstDelay = firstDelay
        self.longestDelay = longestDelay
    }

    /// The pause after a failed attempt (counted from 1), up to a quarter shorter at random; what the server asked for is
    /// kept where it is longer.
    package func delay(
        afterAttempt attempt: Int, serverAsked: Duration?, using generator: inout some RandomNumberGenerator
    ) -> Duration {
        var delay = firstDelay
        for _ in 1..<max(1, min(attempt, 32)) { delay = min(delay * 2, longestDelay) }
        let jittered = delay - delay * Int.random(in: 0...250, using: &generator) / 1000
        return max(jittered, serverAsked ?? .zero)
    }

    /// How long the server asks to wait: `retry-after-ms`, or `retry-after` in seconds or as a date, or until the limit that
    /// is used up is set back.
    static func wait(in headers: HTTPHeaders, now: Timestamp) -> Duration? {
        if let text = headers.first("retry-after-ms"), let milliseconds = decimalMilliseconds(text) {
            return .milliseconds(milliseconds / 1000)
        }
        guard let text = headers.first("retry-after") else { return reset(in: headers, now: now) }
        if let milliseconds = decimalMilliseconds(text) { return .milliseconds(milliseconds) }
        guard let date = Timestamp(httpDate: text) else { return nil }
        return max(.zero, date - now)
    }

    /// The latest reset of those limits of which nothing remains.
    ///
    /// Anthropic gives a time, OpenAI how long it takes (`6m0s`, `250ms`).
    private static func reset(in headers: HTTPHeaders, now: Timestamp) -> Duration? {
        var waits: [Duration] = []
        for limit in ["requests", "tokens", "input-tokens", "output-tokens"] {
            let name = "anthropic-ratelimit-\(limit)"
            guard headers.first("\(name)-remaining") == "0", let text = headers.first("\(name)-reset") else { continue }
            if let moment = Timestamp(rfc3339: text) { waits.append(max(.zero, moment - now)) }
        }
        for limit in ["requests", "tokens"] where headers.first("x-ratelimit-remaining-\(limit)") == "0" {
            if let text = headers.first("x-ratelimit-reset-\(limit)"), let wait = duration(text) { waits.append(wait) }
        }
        return waits.max()
    }

    /// `1h2m3.5s`, `250ms`; nothing for anything else, and for more than a day.
    private static func duration(_ text: String) -> Duration? {
        let units: [(name: Substring, milliseconds: Int64)] = [
            ("ms", 1), ("h", 3_600_000), ("m", 60_000), ("s", 1_000),
        ]
        var rest = text[...]
        var sum: Int64 = 0
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && ($0.isWholeNumber || $0 == ".") }
            rest = rest.dropFirst(number.count)
            guard let thousandfold = decimalMilliseconds(String(number)), thousandfold <= 86_400_000_000,
                let unit = units.first(where: { rest.hasPrefix($0.name) })
            else { return nil }
            rest = rest.dropFirst(unit.name.count)
            sum += thousandfold * unit.milliseconds / 1000
        }
        return text.isEmpty || sum > 86_400_000 ? nil : .milliseconds(sum)
    }

    /// A non-negative decimal number times a thousand.
    private static func decimalMilliseconds(_ text: String) -> Int64? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first.flatMap({ Int64($0) }), whole >= 0, whole <= 1_000_000_000 else { return nil }
        if parts.count == 1 { return whole * 1000 }
        guard parts[1].allSatisfy({ $0.isASCII && $0.isWholeNumber }) else { return nil }
        let digits = String(parts[1].prefix(3))
        let padded = digits + String(repeating: "0", count: 3 - digits.count)
        return whole * 1000 + (Int64(padded) ?? 0)
    }
}
