import AIOpsAPI
import JSON
import Testing

@Suite struct ValueTests {
    @Test(arguments: [
        ("0", 0), ("1", 1_000_000_000), ("0.7", 700_000_000), ("0.000000001", 1), ("2.50", 2_500_000_000),
        ("999999999.999999999", 999_999_999_999_999_999),
    ])
    func decimalsAreRead(text: String, nanos: Int64) {
        #expect(DecimalString(rawValue: text).nanos == nanos)
    }

    @Test(arguments: ["", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", "0.0000000001", "1000000000", " 1", "١"])
    func whatIsNoDecimalHasNoValueButIsKept(text: String) {
        #expect(DecimalString(rawValue: text).nanos == nil)
        #expect(DecimalString(rawValue: text).rawValue == text)
    }

    @Test(arguments: [
        (Int64(0), "0"), (1, "0.000000001"), (700_000_000, "0.7"), (2_000_000_000, "2"), (-5, "0"),
        (1_000_000_000_000_000_000, "999999999.999999999"), (.max, "999999999.999999999"),
    ])
    func decimalsAreWrittenShort(nanos: Int64, text: String) {
        #expect(DecimalString(nanos: nanos).rawValue == text)
        #expect(DecimalString(nanos: nanos).nanos != nil, "the schema would refuse it")
    }

    @Test(arguments: [
        (Int64(0), "0"), (9_999, "9999"), (10_000, "10.0k"), (12_399, "12.3k"), (999_999, "999.9k"),
        (4_150_000, "4.1M"), (999_999_999, "999.9M"), (1_000_000_000, "1.0B"), (999_999_999_999, "999.9B"),
        (1_000_000_000_000, "≥ 1000B"), (.max, "≥ 1000B"), (-1, "0"),
    ])
    func tokensAreShort(count: Int64, text: String) {
        #expect(DisplayText.tokens(count) == text)
    }

    @Test(arguments: [
        (Int64?.none, false, "unknown"), (0, false, "$0"), (1, false, "$0.0001"), (12_300_000, false, "$0.0123"),
        (1_500_000_000, false, "$1.5000"), (1_999_999_999, false, "$2.0000"), (nil, true, "$0 (simulated)"),
    ])
    func moneyNeverLooksLikeNothing(nanos: Int64?, isSimulated: Bool, text: String) {
        #expect(DisplayText.cost(nanos: nanos, isSimulated: isSimulated) == text)
    }

    /// Calls, lost ones, what the answered and the lost ones cost, and the column.
    @Test(
        arguments: [
            (3, 0, 12_300_000, nil, "$0.0123"), (3, 1, 12_300_000, 5, "≥ $0.0123"),
            (3, 1, 1_230_000, nil, "≥ $0.0012"), (3, 0, 1_230_000, nil, "$0.0013"), (3, 1, 99_999, 5, "> $0"),
            (3, 1, 1_999_999_999, 5, "≥ $1.9999"), (3, 1, .max, 5, "≥ $999999999.9999"), (0, 2, 0, nil, "≥ $0"),
            (3, 1, nil, nil, "unknown"), (3, 1, 0, 0, "$0"),
        ] as [(Int64, Int64, Int64?, Int64?, String)])
    func aBillWithLostRepliesIsTheLeast(calls: Int64, lost: Int64, cost: Int64?, more: Int64?, text: String) throws {
        var usage = Usage()
        (usage.calls, usage.lostCalls) = (calls, lost)
        usage.cost = cost.map { DecimalString(nanos: $0) }
        usage.lostCost = more.map { DecimalString(nanos: $0) }
        #expect(DisplayText.cost(usage) == text)
        #expect(try Usage(jsonValue: usage.jsonValue()) == usage)
        usage.simulated = true
        #expect(DisplayText.cost(usage) == "$0 (simulated)")
    }

    /// Lost calls, what the answered ones cost, and the column where a provider did not say how much it was asked.
    @Test(
        arguments: [
            (0, 12_300_000, "~$0.0123"), (0, 1, "~$0.0001"), (1, 12_300_000, "≥ ~$0.0123"), (1, 1, "> $0"),
            (0, 0, "$0"),
            (0, nil, "unknown"),
        ] as [(Int64, Int64?, String)])
    func anEstimatedBillSaysSo(lost: Int64, cost: Int64?, text: String) throws {
        var usage = Usage()
        (usage.calls, usage.lostCalls, usage.estimated) = (2, lost, true)
        usage.cost = cost.map { DecimalString(nanos: $0) }
        #expect(DisplayText.cost(usage) == text)
        #expect(try Usage(jsonValue: usage.jsonValue()) == usage)
        usage.simulated = true
        #expect(DisplayText.cost(usage) == "$0 (simulated)")
    }

    @Test(arguments: [(Int64(9), "9s"), (60, "1m0s"), (134, "2m14s"), (3_780, "1h3m"), (187_200, "2d4h"), (-1, "0s")])
    func durationsAreShort(seconds: Int64, text: String) {
        #expect(DisplayText.duration(seconds: seconds) == text)
    }

    @Test(arguments: [
        (String?.none, true, "simulated"), ("gpt-4o", false, "gpt-4o"), ("gpt-4o", true, "gpt-4o (simulated)"),
        (nil, false, "default"), ("simulated", true, "simulated"),
    ])
    func simulatedModelsAreMarked(name: String?, isSimulated: Bool, text: String) {
        #expect(DisplayText.model(name: name, isSimulated: isSimulated) == text)
    }

    /// The pattern that servers check and the Swift check say the same.
    @Test(arguments: TextForm.allCases)
    func formsAgreeWithTheirPatterns(form: TextForm) throws {
        guard let pattern = form.pattern else { return }
        let expression = try Regex(pattern)
        var accepted = 0
        for text in Self.texts {
            let matches = try expression.wholeMatch(in: text) != nil
            #expect(form.matches(text) == matches, "\(form) on \(text)")
            if matches { accepted += 1 }
        }
        #expect(accepted > 0)
        #expect(accepted < Self.texts.count)
    }

    static let texts = [
        "", "a", "A", "0", "-", ".", "_", "*", "a-b", "-a", "a-", "a.b", "a.", ".a", "a_b", "A_b-1.c", "a/b", "/a", "/",
        "a/", "a:b", "a@b", "k8s_target_port-*", "shop_lite_target_port-misconfig-detection-1", "gpt-4o:free",
        "meta/llama-3@v1", "busybox:1.36", "registry:5000/a/b@sha256:00", "0.7", "1.", "1.5Mi", "500m", "64Mi", "64MiB",
        "1.2.3", "1e3", "USD", "usd", "USDX", "Completed", "completed_", "A,b:c", "A:", "1A", "/health", "/a?b", "/a#b",
        "/a b", "http://a", "https://a:1/b?c=d", "https://", "https:///a", "http://u:p@h/", "http://a/b#c",
        "http://a b",
        "http://a/b@c", "http://a?x#y", "https://é/ü", "HTTP://a", "ftp://a", "exec_shell", "Exec", "1tool",
        "0123456789012345678901234567890123456789012345678901234567890123",
        "abcdef78901234567890123456789012345678901234567890123456789012ef", "999999999.999999999", "9999999999",
        "é", "a\n", "a b", "١",
    ]
}
