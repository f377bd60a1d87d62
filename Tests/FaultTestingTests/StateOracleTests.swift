import AIOpsAPI
import JSON
import KubernetesModel
import Testing

@testable import FaultTesting

/// O1, O2, O5 and the invariants that are seen on every version of a task.
@Suite struct StateOracleTests {
    private static func task(_ status: JSONValue, finalizers: JSONValue = ["aiops.dev/x"]) throws -> AIOpsTask {
        try DynamicObject([
            "apiVersion": "aiops.dev/v1alpha1", "kind": "AIOpsTask",
            "metadata": [
                "name": "one", "namespace": "n", "uid": "u-1", "resourceVersion": "1", "finalizers": finalizers,
            ],
            "spec": ["problem": ["id": "p"]], "status": status,
        ]).decode(AIOpsTask.self)
    }

    private static func ready(_ status: String, at time: String) -> JSONValue {
        [
            [
                "type": "Ready", "status": .string(status), "reason": "R", "message": "",
                "lastTransitionTime": .string(time),
            ]
        ]
    }

    private static let morning = "2026-01-01T08:00:00Z"
    private static let noon = "2026-01-01T12:00:00Z"

    /// From one version to the next, and what is wrong with it; nil for what is right.
    private static let steps: [(JSONValue, JSONValue, String?)] = [
        (["phase": "Queued"], ["phase": "Provisioning"], nil),
        (["phase": "Succeeded"], ["phase": "Running"], "I4: phase"),
        (["observedGeneration": 2], ["observedGeneration": 1], "I4: observedGeneration"),
        (["claim": ["worker": "w", "epoch": 2]], ["claim": ["worker": "w", "epoch": 1]], "I7"),
        (
            ["conditions": ready("True", at: morning)], ["conditions": ready("True", at: noon)],
            "new transition time"
        ),
        (["conditions": ready("True", at: morning)], ["conditions": ready("False", at: noon)], nil),
    ]

    @Test func everyStepOfATaskIsJudged() throws {
        for (before, after, complaint) in Self.steps {
            let recording = Recording(try Self.task(before))
            recording.see(try Self.task(after))
            let found = recording.violations
            if let complaint {
                #expect(found.contains { $0.contains(complaint) }, "\(complaint): \(found)")
            } else {
                #expect(found == [])
            }
        }
    }

    @Test func anEnvironmentWithoutTheFinalizerIsNoticed() throws {
        let written: JSONValue = [
            "environment": [
                "type": "Namespace", "name": "env-1",
                "inventory": [["kind": "Namespace", "name": "env-1"]],
            ]
        ]
        for (finalizers, complaints) in [(["aiops.dev/x"], 0), ([], 1)] as [(JSONValue, Int)] {
            let recording = Recording(try Self.task([:]))
            recording.see(try Self.task(written, finalizers: finalizers))
            #expect(recording.violations.count == complaints, "\(recording.violations)")
        }
    }

    @Test func whatIsMadeOrDeletedOnceMoreIsNoticed() throws {
        let mask = NameMask(try Self.task([:]))
        let made = JournalEntry.request("create", "services", status: 201)
        let clean = UpdateSummary([made, .request("delete", "services")], names: mask)
        #expect(UpdateSummary([made, .request("delete", "services")], names: mask).differences(from: clean) == [])
        let twice = UpdateSummary([made, made, .request("delete", "services")], names: mask)
        #expect(twice.differences(from: clean) == ["O2: create services it: 2 instead of 1"])
        let left = UpdateSummary([made], names: mask)
        #expect(left.differences(from: clean) == ["O2: delete services it: 0 instead of 1"])
        // What was refused made nothing.
        let refused = JournalEntry.request("create", "services", status: 409)
        let again = UpdateSummary([refused, made, .request("delete", "services")], names: mask)
        #expect(again.differences(from: clean) == [])
    }

    /// The answer to a deletion was lost, and it was asked for once more by uid; without a uid that would be another deletion.
    @Test func aDeletionAskedForAgainIsOne() throws {
        let mask = NameMask(try Self.task([:]))
        let byUID: JSONValue = ["preconditions": ["uid": "u"]]
        let clean = UpdateSummary([.request("delete", "services", body: byUID)], names: mask)
        for (body, fault, isOne) in [
            (byUID, "reset-after-commit", true), (byUID, nil, false), ([:], "reset-after-commit", false),
        ] as [(JSONValue, String?, Bool)] {
            let lost = JournalEntry.request("delete", "services", body: body, fault: fault)
            let again = JournalEntry.request("delete", "services", body: body)
            #expect(UpdateSummary([lost, again], names: mask).differences(from: clean).isEmpty == isOne)
            #expect(!UpdateSummary([lost, again, again], names: mask).differences(from: clean).isEmpty)
        }
    }

    @Test func whatDiffersFromACleanEndIsNoticedUnlessItMay() {
        let clean = EndState(fields: ["task.status.phase": "Succeeded", "task.status.startedAt": "1", "a.b": "1"])
        let other = EndState(fields: [
            "task.status.phase": "Failed", "task.status.startedAt": "2", "a.b": "2", "c": "1",
        ])
        let found = other.differences(from: clean, allowed: ["a"])
        #expect(
            found == [
                "O1: c: 1 instead of nothing", "O1: task.status.phase: Failed instead of Succeeded",
            ])
        #expect(other.mask(with: clean) == ["task.status.phase", "task.status.startedAt", "a.b", "c"])
    }

    @Test func whatTheOperatorSaysIsRead() {
        let lines = [
            #"{"level":"info","message":"fine"}"#, #"{"level":"error","message":"injected"}"#,
            #"{"level":"error","message":"trouble"}"#, "Fatal error: a trap",
            #"{"level":"info","message":"\#(FaultSession.key)"}"#,
        ]
        let found = OperatorLog.complaints(lines.joined(separator: "\n"), explained: ["injected"])
        #expect(found.count == 3, "\(found)")
        for word in ["trouble", "a trap", "I5"] { #expect(found.contains { $0.contains(word) }, "\(word)") }
    }
}
