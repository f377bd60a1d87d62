import SimulationTesting
import Testing

extension Simulations {
    @Suite struct Determinism {
        /// The same seed is the same run, to the last byte; another seed is another.
        @Test(arguments: [Lifecycle.detection, .mitigation, .pool])
        func aSeedSaysEverything(_ lifecycle: Lifecycle) async {
            var hashes: Set<UInt64> = []
            for seed in [nil, 1, 2] as [UInt64?] {
                let first = World(Schedule(lifecycle, seed: seed)).run()
                let second = World(Schedule(lifecycle, seed: seed)).run()
                #expect(first.violations == [])
                #expect(first.trace.hash == second.trace.hash, "seed \(String(describing: seed))")
                hashes.insert(first.trace.hash)
                await Task.yield()
            }
            #expect(hashes.count == 3)
        }
    }
}
