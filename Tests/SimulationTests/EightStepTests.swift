import SimulationTesting
import Testing

extension Simulations {
    @Suite struct EightSteps {
        /// The process dies after each single thing that it did to the world: every write, every call, every command.
        ///
        /// What ended the same has the same verdict; that the conversation is gapless and verifies, and that nothing was
        /// written at rest, are among the violations.
        @Test(arguments: Lifecycle.eightSteps)
        func noStepIsPaidTwiceWhereverTheProcessDies(_ lifecycle: Lifecycle) async {
            var failures: [String] = []
            var schedules = 0
            var repeats = 0
            Explorer(lifecycle).explore { deaths, report, violations in
                schedules += 1
                failures += violations.map { "deaths after \(deaths): \($0)" }
                let (bill, steps) = (report.endState.bill, Int(report.endState.steps))
                let said =
                    "deaths after \(deaths): \(bill.answered) answered, \(bill.recorded) recorded, \(steps) steps"
                if bill.recorded != steps { failures.append(said) }
                // A reply that came and was never recorded is asked for again, and is in the budget.
                if bill.answered != steps, bill.answered - steps > bill.charged { failures.append(said) }
                repeats += bill.answered - steps
                // Of a repair whose outcome nobody knows the agent makes sure itself.
                let most = lifecycle.isMitigation ? 10 : 8
                if !(8...most).contains(steps) || deaths.isEmpty && (steps != 8 || bill.answered != 8) {
                    failures.append(said)
                }
            }
            await Task.yield()
            #expect(failures == [])
            #expect(schedules > 60)
            // Each reply can be lost between its arrival and its record: these deaths were among them.
            #expect(repeats >= 8)
        }
    }
}
