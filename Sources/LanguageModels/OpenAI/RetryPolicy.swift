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

    /// How long the server asks to wait: `retry-after-ms`, or `retry-after` in seconds or as a date.
    static func wait(in headers: HTTPHeaders, now: Timestamp) -> Duration? {
        if let text = headers.first("retry-after-ms"), let milliseconds = decimalMilliseconds(text) {
            return .milliseconds(milliseconds / 1000)
        }
        guard let text = headers.first("retry-after") else { return nil }
        if let milliseconds = decimalMilliseconds(text) { return .milliseconds(milliseconds) }
        guard let date = Timestamp(httpDate: text) else { return nil }
        return max(.zero, date - now)
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
