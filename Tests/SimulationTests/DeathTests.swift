import AIOpsAPI
import Primitives
import SimulationTesting
import Testing

extension Simulations {
    @Suite struct Deaths {
        /// The process dies after an effect, and another goes on.
        ///
        /// Here every eleventh effect, each lifecycle beginning at another; `simulate --plan F01` takes all of them, and every
        /// pair with F04.
        @Test(arguments: Array(Lifecycle.all.enumerated()))
        func aDeathAfterAnyEffectEndsTheSame(_ offset: Int, _ lifecycle: Lifecycle) async {
            var explorer = Explorer(lifecycle)
            explorer.share = (offset % 11, 11)
            var failures: [String] = []
            var schedules = 0
            explorer.explore { deaths, _, violations in
                schedules += 1
                failures += violations.map { "deaths after \(deaths): \($0)" }
            }
            await Task.yield()
            #expect(schedules > 0)
            guard let reason = Simulations.known[lifecycle.name] else { return #expect(failures == []) }
            withKnownIssue(reason, isIntermittent: true) { #expect(failures == []) }
        }

        /// One branch is run for all deaths that leave the same world.
        ///
        /// Here each of them is died, from the beginning, and what
        /// the next process then does is what it does in the branch, request by request, but for the clock.
        @Test(arguments: [
            Lifecycle.detection, .mitigation, .deleted(in: .provisioning), .cancelled("Graceful", in: .queued),
        ])
        func everyDeathOfABranchGoesAsTheBranchDoes(_ lifecycle: Lifecycle) async {
            let explorer = Explorer(lifecycle)
            let clean = explorer.clean()
            var kinds: Set<Int> = []
            for (place, world) in clean.saved.enumerated() where place % max(1, clean.saved.count / 10) == 0 {
                let branch = Self.deeds(explorer.replay([place + 1]).report)
                #expect(!branch.isEmpty)
                for death in world.deaths {
                    let (kind, number, mishap) = Self.asked(death)
                    kinds.insert(kind)
                    var schedule = Schedule(
                        lifecycle,
                        faults: [
                            PlannedFault("death") { exchange, _, _ in
                                exchange.process == 0 && exchange.number == number
                            } what: { _ in
                                mishap
                            }
                        ])
                    schedule.keepsTrace = true
                    let alone = World(schedule).run()
                    #expect(alone.violations(beside: clean).isEmpty)
                    #expect(Self.deeds(alone) == branch, "\(lifecycle.name), world \(place + 1), \(death)")
                    await Task.yield()
                }
            }
            #expect(kinds.count == 3)
        }

        private static func asked(_ death: SavedWorld.Death) -> (kind: Int, number: Int, Mishap) {
            switch death {
            case .beforeReply(let number): (0, number, .deathAfter)
            case .afterReply(let number): (1, number, .deathAfterReply)
            case .beforeRequest(let number): (2, number, .deathBefore)
            }
        }

        /// What was done to the world after the first death, without times, Leases and Events.
        private static func deeds(_ report: Report) -> [String] {
            let lines = report.trace.lines.map { $0.drop { $0 != " " }.dropFirst() }
            let start = lines.firstIndex { $0 == "process 0 is killed" }.map { $0 + 1 } ?? 0
            return lines[start...].filter { line in
                ![" GET ", "/leases", "/events"].contains { line.contains($0) }
            }.map { line in
                // Who, what, where, "->" and the status; what was written has times in it.
                line.split(separator: " ", maxSplits: 5).prefix(5).joined(separator: " ")
            }
        }
    }
}
