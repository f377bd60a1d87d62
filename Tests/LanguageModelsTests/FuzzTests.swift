import ModelFuzzing
import Testing

struct FuzzTests {
    /// A few thousand each time; `fuzz-models` runs a million.
    @Test(.timeLimit(.minutes(2)), arguments: 0..<8 as Range<UInt64>)
    func nothingAModelWritesBreaksAReader(part: UInt64) throws {
        let fuzz = ModelFuzz()
        var tally = ModelFuzz.Tally()
        for seed in part * 600..<(part + 1) * 600 { tally = tally + (try fuzz.run(seed: seed)) }
        #expect(tally.inputs == 600)
        // It met the insides, and did not only bounce off.
        #expect(tally.replies > 10 && tally.failures > 10 && tally.events > 10)
        #expect(tally.actions > 5 && tally.formatErrors > 10)
    }
}
