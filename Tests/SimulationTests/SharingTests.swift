import AIOpsAPI
import Primitives
import SimulationTesting
import Testing

extension Simulations {
    @Suite struct Sharing {
        private static let lifecycles = [Lifecycle.deleted(in: .provisioning), .cancelled("Graceful", in: .queued)]

        /// Cases that share a run until they part go, to the last byte, as each of them goes by itself.
        ///
        /// Here those that part are run again from the beginning; that a copy of the process does the same is a test of
        /// `simulate` itself (`scripts/tests/test_simulate.py`).
        @Test(arguments: Plan.all.filter(\.beginAlike).map(\.name))
        func whatIsSharedIsWhatEachWouldBe(_ name: String) async throws {
            let plan = try #require(Plan.named(name))
            let lifecycle = Self.lifecycles.first { one in plan.lifecycles.contains { $0.name == one.name } }
            let one = lifecycle ?? plan.lifecycles[0]
            let clean = World(Schedule(one)).run()
            // A few at both ends and in the middle, neighbours among them: these go together for long.
            let cases = plan.cases(one, beside: clean)
            let chosen = cases.indices.filter { $0 < 3 || $0 == cases.count / 2 || $0 > cases.count - 3 }.map {
                cases[$0]
            }
            let waiting = Locked([chosen])
            var shared: [String: UInt64] = [:]
            var runs = 0
            while let group = waiting.withLock({ $0.popLast() }) {
                runs += 1
                plan.runTogether(group) { groups in
                    waiting.withLock { $0 += groups.dropFirst() }
                    return groups[0]
                } each: { one, report, _ in
                    shared[one.name] = report.trace.hash
                }
                await Task.yield()
            }
            #expect(shared.count == chosen.count)
            #expect(runs <= chosen.count)
            for one in chosen {
                let alone = World(one.schedule).run()
                #expect(shared[one.name] == alone.trace.hash, "\(one.name)")
                await Task.yield()
            }
        }

        /// A fault that meets nothing needs no run of its own: it is the run in which it is not.
        @Test func whatNeverHappensIsNotRun() throws {
            let plan = try #require(Plan.named("F17"))
            let lifecycle = Lifecycle.detection
            let clean = World(Schedule(lifecycle)).run()
            let parted = Locked(0)
            var same = 0
            plan.runTogether(plan.cases(lifecycle, beside: clean)) { groups in
                // Whatever parts here is left to nobody: only what stays is looked at.
                parted.withLock { $0 += groups.dropFirst().reduce(0) { $0 + $1.count } }
                return groups[0]
            } each: { _, report, _ in
                same += 1
                #expect(report.trace.hash == clean.trace.hash)
            }
            #expect(same > 0)
            #expect(parted.withLock { $0 } > 0)
            #expect(same + parted.withLock { $0 } == clean.effects)
        }
    }
}
