import FaultTesting
import Primitives
import Testing

extension FaultClusterTests {
    /// Two crashes in one run: fifty pairs by seed.
    @Suite(.timeLimit(.minutes(120))) struct F04TwoDeaths {
        @Test func twoDeathsInOneRunEndAsIfNothingHadHappened() async throws {
            let session = try FaultSession.current()
            for seed in Draw.numbers(to: 50, sample: 2, salt: 4) {
                var generator = SeededGenerator(seed: UInt64(seed))
                let workload = seed % 5 == 0 ? Workload.mitigation : .detection
                let count = try await session.writes(of: workload)
                let first = Int.random(in: 1...count, using: &generator)
                let second = Int.random(in: first + 1...count + 10, using: &generator)
                let faults = [first, second].map { number in
                    Fault.kill(Fault.Death.allCases.randomElement(using: &generator) ?? .before, atWrite: number)
                }
                let result = try await expect(
                    .death("F04", workload, faults, deaths: 2), "pair \(seed): writes \(first) and \(second)")
                #expect(result.deaths == result.hits, "pair \(seed)")
            }
        }
    }
}
