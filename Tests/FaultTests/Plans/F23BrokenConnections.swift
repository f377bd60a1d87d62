import FaultTesting
import JSON
import Testing

extension FaultClusterTests {
    /// The connection breaks before, during and after a write, or stays open and says nothing more.
    @Suite(.timeLimit(.minutes(120))) struct F23BrokenConnections {
        @Test(arguments: ["reset-before", "reset-after-commit", "reset-in-reply"])
        func whatBecameOfAWriteIsLookedUp(action: String) async throws {
            let session = try FaultSession.current()
            let count = try await session.writes(of: .detection)
            for number in Draw.numbers(to: count, sample: 1, salt: UInt64(action.utf8.count)) {
                let fault = Fault(action, action, Fault.ordinaryWrites, skip: number - 1)
                // Two writes may become one; no more than that may be missing.
                let plan = FaultPlan("F23", .detection, [fault], mustHit: number < count - 2)
                try await expect(plan, "\(action) \(number) of \(count)")
            }
        }

        @Test(arguments: ["reset-after-commit"] + (Draw.isExhaustive ? ["reset-before", "reset-in-reply"] : []))
        func aCommandWhoseConnectionBreaksIsNoEnd(action: String) async throws {
            let session = try FaultSession.current()
            _ = try await session.versions(of: .detection)
            let probes: JSONObject = ["verbs": ["exec"], "path": "command=call"]
            try await expect(FaultPlan("F23", .detection, [Fault(action, action, probes)]), "command, \(action)")
        }

        /// Packets are dropped both ways and nobody is told, as with a cable that is cut: under the watch that everything
        /// hangs on, and under a write whose outcome has to be looked up.
        @Test(arguments: ["watch", "write"]) func aDeadLineIsNoticed(under what: String) async throws {
            let session = try FaultSession.current()
            _ = try await session.versions(of: .detection)
            let fault =
                what == "watch"
                ? Fault("dead line", "dead-line", Fault.taskWatch, event: [:], skip: 5)
                : Fault("dead line", "dead-line", Fault.ordinaryWrites, skip: 20)
            try await expect(FaultPlan("F23", .detection, [fault]), "dead line under a \(what)")
            // The watch was opened before the plan began; the plan before this one has such a line as well.
            let dead = try #require(try await session.rig.report().requests.last { $0.fault == "dead line" })
            let since = try #require(dead.value["deadSince"].flatMap { Double($0.text) })
            // A run does not need its watch, since own writes are read: it may be over before the dead one is noticed.
            let again = try await session.rig.first("the next \(dead.verb)", within: .seconds(60)) {
                $0.at > since && $0.verb == dead.verb && $0.resource == dead.resource
            }
            // The goal for a dead watch (section 3.5 of the specification).
            #expect(again.at - since < 45, "the next \(dead.verb) came after \(again.at - since) s")
        }

        /// A request that is never answered ends by its own time limit, which takes more than a minute.
        @Test(.enabled(if: Draw.isExhaustive)) func anAnswerThatNeverComesIsNotWaitedForForEver() async throws {
            let session = try FaultSession.current()
            _ = try await session.versions(of: .detection)
            let fault = Fault("half-open", "half-open", Fault.ordinaryWrites, skip: 20)
            try await expect(FaultPlan("F23", .detection, [fault], within: .seconds(300)), "half-open write")
        }
    }
}
