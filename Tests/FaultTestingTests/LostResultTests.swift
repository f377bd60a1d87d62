import JSON
import Testing

@testable import FaultTesting

@Suite struct LostResultTests {
    private static func entry(_ said: String? = nil, by role: String = "assistant", fault: String? = nil)
        -> JournalEntry
    {
        var value: JSONValue = ["verb": "create", "status": 201, "namespace": "a", "resource": "configmaps"]
        if let said {
            let line: JSONValue = ["role": .string(role), "content": .string(said)]
            value["body"] = ["data": ["messages.jsonl": .string("{}\n\(line.text)\n")]]
        } else {
            value["resource"] = "aiopstasks"
        }
        if let fault { value["fault"] = .string(fault) }
        return JournalEntry(value: value)
    }

    private static let change = "```\nexec_shell(\"kubectl patch service store\")\n```"

    @Test(
        arguments: [
            // Died of the record itself, whether or not its answer came.
            ([entry(change, fault: "kill-after-commit"), entry("done", by: "function")], true),
            ([entry(change, fault: "kill-after-reply")], true),
            // Died with the command done and nothing recorded.
            ([entry(change), entry(fault: "kill-before"), entry("unknown", by: "function")], true),
            // The result was recorded before.
            ([entry(change), entry("done", by: "function", fault: "kill-after-commit"), entry("submit()")], false),
            ([entry(change), entry("done", by: "function"), entry(fault: "kill-before")], false),
            // What only looks is looked at again, and nobody is told.
            ([entry("kubectl get services", fault: "kill-after-reply")], false),
            ([entry(change)], false),
            ([], false),
        ] as [([JournalEntry], Bool)])
    func itIsLostFromTheIntentToTheRecordOfItsResult(journal: [JournalEntry], isLost: Bool) {
        #expect(LostResult.isIn(journal, namespace: "a") == isLost)
        #expect(!LostResult.isIn(journal, namespace: "b"), "another's conversation")
    }
}
