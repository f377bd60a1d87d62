import AIOpsAPI
import ClusterTesting
import FaultTesting
import JSON
import KubernetesModel
import Testing

extension FaultClusterTests {
    /// Rights of the operator are taken out of its role on the API server while it works, and given back.
    ///
    /// What is missing is told in the server's own words, nothing asks for it in a hot loop, and everything goes on without a
    /// restart once it is there again.
    @Suite(.timeLimit(.minutes(20))) struct F20RevokedRights {
        @Test func theTaskNamesTheRightThatItsRunMissed() async throws {
            let session = try FaultSession.current()
            _ = try await session.versions(of: .detection)
            let life = session.process.lives
            let right = OperatorRight("create", "services")
            let result = try await session.without([right]) {
                try await session.play(FaultPlan("F20", .detection, []))
            }
            #expect(result.violations.isEmpty, "\(result.violations.joined(separator: "\n"))")
            let said = result.task.status.conditions.get(.succeeded)
            #expect(result.task.status.phase == .failed && said?.reason == "DeploymentFailed", "\(said as Any)")
            #expect(said?.message.contains(right.refusal) == true, "\(said as Any)")
            let asked = result.journal.count { $0.status == 403 }
            #expect((1...3).contains(asked), "what is forbidden was tried \(asked) times")
            try await expect(FaultPlan("F20", .detection, []), "after the right came back")
            #expect(session.process.lives == life)
        }

        /// Where nobody can write into the task that its status cannot be written, and of what is read, the log says so.
        @Test func whatTheRightIsMissingForGoesOnLater() async throws {
            let group = "aiops.dev"
            let ways = Cases<(right: OperatorRight, faults: [Fault])>([
                ("to write a status", (OperatorRight("patch", "aiopstasks/status", group: group), [])),
                (
                    "to watch",
                    (
                        OperatorRight("watch", "aiopstasks", group: group),
                        [Fault("closed", "close", Fault.taskWatch, event: [:])]
                    )
                ),
            ])
            for (name, way) in ways.drawn(1, salt: 20) { try await expectSatOut(name, way.right, way.faults) }
        }

        /// The right is missing from the middle of the run, in which the faults come next, until it was asked for in vain
        /// several times.
        private func expectSatOut(_ name: String, _ right: OperatorRight, _ faults: [Fault]) async throws {
            let session = try FaultSession.current()
            _ = try await session.versions(of: .detection)
            let (life, said) = (session.process.lives, session.process.log.utf8.count)
            let result = try await session.run(FaultPlan("F20", .detection, [])) { task in
                try await session.cluster.await(task.metadata.name, in: session.namespace, "is being deployed") {
                    $0.status.phase == .deploying
                }
                let before = try await session.rig.report().requests.last?.number ?? 0
                try await session.take([right])
                try await session.rig.arm(faults)
                try await eventually("\(right.verb) \(right.resource) is refused four times") {
                    let refused = try await session.rig.report(since: before).requests
                        .count { right.isNeeded(for: $0) && $0.status == 403 }
                    return .holds(refused >= 4, else: "\(refused)")
                }
                try await session.giveBack([right])
            }
            #expect(result.violations.isEmpty, "\(result.violations.joined(separator: "\n"))")
            #expect(session.process.lives == life)
            let refused = result.journal.filter { $0.status == 403 }
            let (first, last) = (refused.first?.at ?? 0, refused.last?.at ?? 0)
            print("\(name): \(refused.count) refusals in \(last - first) s, \(result.took)")
            #expect(refused.count < 12 && last - first > 1, "\(refused.count) refusals in \(last - first) s")
            let log = String(decoding: session.process.log.utf8.dropFirst(said), as: UTF8.self)
            let words = right.refusal.replacing("\"", with: "\\\"")
            #expect(log.contains(words), "the log does not say: \(words)\n\(log)")
        }
    }
}
