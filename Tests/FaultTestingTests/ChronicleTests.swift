import AIOpsAPI
import JSON
import KubernetesModel
import Testing

@testable import FaultTesting

/// What must hold in each version of a pool and of a conversation, and from one to the next.
@Suite struct ChronicleTests {
    private static func object<Object: Chronicled>(
        _ status: JSONValue, uid: String = "u-1", spec: JSONValue, as kind: Object.Type
    ) throws -> Object {
        try DynamicObject([
            "apiVersion": .string(Object.resourceType.apiVersion), "kind": .string(Object.resourceType.kind),
            "metadata": ["name": "one", "namespace": "n", "uid": .string(uid), "resourceVersion": "1"], "spec": spec,
            "status": status,
        ]).decode(kind)
    }

    private static func pool(_ tasks: [JSONValue], busy: Int64, replicas: Int64 = 2) -> JSONValue {
        let workers = tasks.enumerated().map { JSONValue.object(["name": .string("w-\($0)"), "tasks": $1]) }
        return [
            "workers": .array(workers), "replicas": .integer(replicas), "busy": .integer(busy),
            "idle": .integer(replicas - busy), "observedGeneration": 1,
        ]
    }

    /// Nil for what is right.
    @Test(
        arguments: [
            (pool([["a"], []], busy: 1), nil), (pool([["a"], ["b"]], busy: 2), nil),
            (pool([["a"], ["a"]], busy: 2), "two workers"), (pool([["a", "b"], []], busy: 1), "too much"),
            (pool([["a"], []], busy: 2), "add up"), (pool([[], []], busy: 0, replicas: 3), "add up"),
        ] as [(JSONValue, String?)])
    func aPoolAddsUpAndGivesEachTaskOneWorker(status: JSONValue, complaint: String?) throws {
        let chronicle = Chronicle<WorkerPool>("n")
        chronicle.see(try Self.object(status, spec: [:], as: WorkerPool.self))
        expect(chronicle.violations, complaint)
    }

    private static let chunk: JSONValue = [["configMap": "c", "firstSeq": 1, "count": 2, "bytes": 9, "sha256": "s"]]

    /// From one version to the next.
    @Test(
        arguments: [
            (["totalMessages": 2], ["totalMessages": 3], nil), (["totalMessages": 3], ["totalMessages": 2], "fell"),
            (["usage": ["calls": 3]], ["usage": ["calls": 2]], "calls fell"),
            (["head": ["epoch": 2]], ["head": ["epoch": 1]], "epoch fell"),
            (["head": ["nextSeq": 4]], ["head": ["nextSeq": 3]], "next message fell"),
            (["observedGeneration": 2], ["observedGeneration": 1], "observedGeneration fell"),
            (["complete": false], ["complete": true, "chunks": chunk], nil),
            (["complete": false], ["complete": true], "names nothing"),
            (["complete": true, "chunks": chunk], ["complete": false, "chunks": chunk], "sealed"),
            (["complete": true, "chunks": chunk], ["complete": true, "chunks": []], "sealed"),
        ] as [(JSONValue, JSONValue, String?)])
    func aConversationLosesNothing(before: JSONValue, after: JSONValue, complaint: String?) throws {
        let spec: JSONValue = ["taskRef": ["name": "t", "uid": "t-1"]]
        let chronicle = Chronicle<LLMConversation>("n")
        chronicle.see(try Self.object(before, spec: spec, as: LLMConversation.self))
        chronicle.see(try Self.object(after, spec: spec, as: LLMConversation.self))
        expect(chronicle.violations, complaint)
        // One that was made anew under its name begins anew.
        let another = Chronicle<LLMConversation>("n")
        another.see(try Self.object(before, spec: spec, as: LLMConversation.self))
        another.see(try Self.object(after, uid: "u-2", spec: spec, as: LLMConversation.self))
        expect(
            another.violations, complaint == "names nothing" ? complaint : after["chunks"] == [] ? "names nothing" : nil
        )
    }

    @Test func timesAndGenerationsOfAPoolAreJudged() throws {
        func ready(_ status: String, _ time: String, generation: Int64) -> JSONValue {
            [
                "observedGeneration": .integer(generation),
                "conditions": [
                    [
                        "type": "Ready", "status": .string(status), "reason": "R", "message": "",
                        "lastTransitionTime": .string(time),
                    ]
                ],
            ]
        }
        let (morning, noon) = ("2026-01-01T08:00:00Z", "2026-01-01T12:00:00Z")
        for (after, complaint) in [
            (ready("False", noon, generation: 2), nil), (ready("True", noon, generation: 2), "transition time"),
            (ready("False", noon, generation: 0), "observedGeneration"),
        ] as [(JSONValue, String?)] {
            let chronicle = Chronicle<WorkerPool>("n")
            chronicle.see(try Self.object(ready("True", morning, generation: 1), spec: [:], as: WorkerPool.self))
            chronicle.see(try Self.object(after, spec: [:], as: WorkerPool.self))
            expect(chronicle.violations, complaint)
        }
    }

    private func expect(_ found: [String], _ complaint: String?) {
        if let complaint {
            #expect(found.contains { $0.contains(complaint) }, "\(complaint): \(found)")
        } else {
            #expect(found == [])
        }
    }
}
