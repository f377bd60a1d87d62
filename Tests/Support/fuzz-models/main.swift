import ModelFuzzing

/// `fuzz-models [COUNT [FIRST]]`: so many inputs from that seed on; a finding is printed with its seed.
let arguments = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
let count = arguments.first ?? 1_000_000
let first = arguments.dropFirst().first ?? 0
let fuzz = ModelFuzz()
var tally = ModelFuzz.Tally()
do {
    for seed in first..<(first + count) { tally = tally + (try fuzz.run(seed: seed)) }
    print(
        "\(tally.inputs) inputs: \(tally.events) events, \(tally.replies) replies, \(tally.failures) refused replies, "
            + "\(tally.actions) actions, \(tally.formatErrors) format errors; nothing found")
} catch {
    print("seed \(error.seed): \(error)")
    throw error
}
