import AIOpsAPI
import KubernetesModel
import KubernetesTesting
import SimulationTesting
import Testing

extension Simulations {
    @Suite struct Plans {
        /// A thin, even slice of every plan; `simulate --plan all` runs them whole.
        @Test(arguments: Plan.all.map(\.name))
        func aSliceOfThePlanHolds(_ name: String) async throws {
            let plan = try #require(Plan.named(name))
            var failures: [String] = []
            var schedules = 0
            for (offset, lifecycle) in plan.lifecycles.enumerated() {
                // Plans of few cases are run whole: only then is there a case for each share.
                let parts = ["F17-for-ever", "F42", "F47"].contains(name) ? 1 : 60
                plan.run(lifecycle, share: (offset % parts, parts)) { one, _, violations in
                    schedules += 1
                    failures += violations.map { "\(lifecycle.name) \(one.name): \($0)" }
                }
                await Task.yield()
            }
            #expect(schedules > 0)
            guard let reason = Simulations.known[name] else { return #expect(failures == []) }
            withKnownIssue(reason, isIntermittent: true) { #expect(failures == []) }
        }

        /// Where a schedule was red once, all of its plan and workload are run each time.
        @Test(arguments: [
            ("F07", Lifecycle.conversation(keep: false)), ("F07", .keptThroughDeletion),
            ("F18", .deleted(in: .pending)), ("F18", .deleted(in: .provisioning)),
        ]) func whatWasRedOnceStaysMended(_ name: String, _ lifecycle: Lifecycle) async throws {
            let plan = try #require(Plan.named(name))
            var failures: [String] = []
            plan.run(lifecycle) { one, _, violations in
                failures += violations.map { "\(one.name): \($0)" }
            }
            await Task.yield()
            #expect(failures == [])
        }

        /// A model that thinks for longer than the call may take: the caller hears that its time is over, as from the real
        /// transport, and does not sit the answer out.
        @Test func aRequestEndsWhenItsTimeIsOver() async throws {
            var lifecycle = Lifecycle.timeLimit
            lifecycle.modelLatency = .seconds(3600)
            let world = World(Schedule(lifecycle))
            #expect(world.run().violations == [])
            let status = try #require(try world.server.object(AIOpsTask.self, Lifecycle.task)).status
            #expect(status.conditions.get(.agentCompleted)?.reason == Reason.timedOut.rawValue)
            let took = try #require(status.durationSeconds)
            #expect(took >= 60 && took < 90, "\(took) s")
        }
    }
}
