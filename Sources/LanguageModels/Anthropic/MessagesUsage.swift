import JSON

/// The figures of a Messages answer; in a stream each event that has some replaces those before it.
///
/// One that is negative or no number counts as 0, which is never charged as it is.
struct MessagesUsage: Sendable, Hashable {
    private var input: Int64?
    private var output: Int64?
    private var cacheRead: Int64?
    private var cacheWrite: Int64?

    init(_ json: JSONValue?) { take(json) }

    mutating func take(_ json: JSONValue?) {
        func figure(_ name: String) -> Int64? { json?[name]?.integerValue.map { max(0, $0) } }
        input = figure("input_tokens") ?? input
        // Grows from event to event: with the first of them the rest would be free.
        if let last = json?["output_tokens"] { output = max(0, last.integerValue ?? 0) }
        cacheRead = figure("cache_read_input_tokens") ?? cacheRead
        cacheWrite = figure("cache_creation_input_tokens") ?? cacheWrite
    }

    /// Here the three kinds of input add up; in ours the cached ones are within the input.
    var tokens: TokenUsage? {
        guard let input, let output else { return nil }
        let (read, write) = (cacheRead ?? 0, cacheWrite ?? 0)
        return TokenUsage(
            inputTokens: Self.sum(Self.sum(input, read), write), outputTokens: output, cacheReadTokens: read,
            cacheWriteTokens: write)
    }

    private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}
