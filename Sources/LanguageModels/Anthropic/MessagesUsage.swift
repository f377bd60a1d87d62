import JSON

/// The figures of a Messages answer; in a stream each event that has some replaces those before it.
struct MessagesUsage: Sendable, Hashable {
    private var input: Int64?
    private var output: Int64?
    private var cacheRead: Int64?
    private var cacheWrite: Int64?

    init(_ json: JSONValue?) { take(json) }

    mutating func take(_ json: JSONValue?) {
        func figure(_ name: String) -> Int64? { json?[name]?.integerValue.map { max(0, $0) } }
        input = figure("input_tokens") ?? input
        output = figure("output_tokens") ?? output
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
