import AIOpsAPI
import JSON
import KubernetesModel
import KubernetesTesting
import Primitives
import SchedulingTesting
import SimulationTesting
import Testing

/// Tasks that an earlier version admitted, by rules that are no longer those of an admission.
@Suite(.ownThread) struct OlderAdmissionTests {
    /// It asked a server of one's own for "default", where no model was named.
    @Test(arguments: ["Queued", "Running", "Evaluating", "graded"])
    func aTaskWithoutTheNameOfItsModelGoesOn(moment: String) async throws {
        let reached = ProcessLink.Moment.first {
            moment == "graded"
                ? $0.body["status", "result"]?["verdict"] != nil : $0.body["status", "phase"] == .string(moment)
        }
        let run = Rehearsal(.detection)
        let first = try run.process("aaaaa", event: .deathAfter(reached))
        #expect(try await first.work { try run.isCleanedUp() } && first.link.isDead)
        #expect(try run.isCleanedUp() == false)
        try forgetTheName(run)
        #expect(try await run.process("bbbbb").work { try run.isCleanedUp() })
        let status = try #require(try run.task()).status
        #expect(status.result?.verdict == .passed, "\(status.conditions)")
        if moment == "Queued" { #expect(status.provenance?.model == "default") }
        try await run.expectInvariants()
    }

    private func forgetTheName(_ run: Rehearsal) throws {
        var spec = try #require(try run.task()?.status.admission).decodedSpec()
        spec.agent?.model?.name = nil
        let bytes = spec.jsonBytes()
        run.server.modify(AIOpsTask.resourceType, Rehearsal.key) {
            $0["spec"]?["agent"]?["model"]?["name"] = nil
            $0["status"]?["admission"]?["spec"] = .string(String(decoding: bytes, as: UTF8.self))
            $0["status"]?["admission"]?["specSHA256"] = .string(SHA256Digest.of(bytes).hex)
        }
    }
}
