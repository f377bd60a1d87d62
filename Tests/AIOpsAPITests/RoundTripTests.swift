import AIOpsAPI
import JSON
import KubernetesModel
import Testing

@Suite struct RoundTripTests {
    /// Types and schema hold the same fields: what the schema allows comes back as it was.
    @Test func everyFieldOfTheSchemaSurvives() throws {
        try expectSurvival(AIOpsTask.self, .aiopsTask)
        try expectSurvival(WorkerPool.self, .workerPool)
        try expectSurvival(LLMConversation.self, .llmConversation)
    }

    /// And the other way round: no type has a field that the schema lacks, which a server would drop without a word.
    @Test func noTypeHasAFieldTheSchemaLacks() throws {
        let task = try AIOpsTask(jsonValue: SchemaSample.object(of: .aiopsTask))
        expectSameFields(task.spec, AIOpsTask.Spec.schema, "AIOpsTask.spec")
        expectSameFields(task.status, AIOpsTask.Status.schema, "AIOpsTask.status")
        let pool = try WorkerPool(jsonValue: SchemaSample.object(of: .workerPool))
        expectSameFields(pool.spec, WorkerPool.Spec.schema, "WorkerPool.spec")
        expectSameFields(pool.status, WorkerPool.Status.schema, "WorkerPool.status")
        let conversation = try LLMConversation(jsonValue: SchemaSample.object(of: .llmConversation))
        expectSameFields(conversation.spec, LLMConversation.Spec.schema, "LLMConversation.spec")
        expectSameFields(conversation.status, LLMConversation.Status.schema, "LLMConversation.status")
    }

    @Test func theLeastObjectSurvivesAndHasNoStatus() throws {
        let text = #"{"apiVersion":"aiops.dev/v1alpha1","kind":"AIOpsTask","metadata":{"name":"a"},"spec":{}}"#
        let task = try AIOpsTask(json: Array(text.utf8))
        #expect(task.status.observedGeneration == -1)
        #expect(String(decoding: task.jsonBytes(), as: UTF8.self) == text)
    }

    @Test func unknownWordsAreKeptAndUnknownFieldsPassedOver() throws {
        let text = """
            {"metadata":{"name":"a"},"spec":{"successPolicy":"Later","new":{"deep":[1]},
            "agent":{"model":{"provider":"Martian"}}},"status":{"observedGeneration":1,"phase":"Dreaming"}}
            """
        let task = try AIOpsTask(json: Array(text.utf8))
        #expect(task.spec.successPolicy == .unknown("Later"))
        #expect(task.status.phase == .unknown("Dreaming"))
        let written = task.jsonValue()
        #expect(written["spec"]?["successPolicy"] == "Later")
        #expect(written["spec"]?["agent"]?["model"]?["provider"] == "Martian")
        #expect(written["status"]?["phase"] == "Dreaming")
    }

    @Test(arguments: [(#"{}"#, nil), (#"{"tools":null}"#, nil), (#"{"tools":[]}"#, []), (#"{"tools":["a"]}"#, ["a"])])
    func absentAndEmptyToolsDiffer(text: String, tools: [String]?) throws {
        let agent = try AIOpsTask.Agent(json: Array(text.utf8))
        #expect(agent.tools == tools)
        #expect(try AIOpsTask.Agent(json: agent.jsonBytes()).tools == tools)
    }

    @Test(arguments: [#"{"spec":{"priority":"high"}}"#, #"{"spec":[]}"#, #"{"spec":{"priority":1.5}}"#])
    func aWrongTypeIsAnErrorAndNoTrap(text: String) {
        #expect(throws: JSONError.self) { try AIOpsTask(json: Array(text.utf8)) }
    }

    private func expectSurvival<Kind: KubernetesObject>(_ kind: Kind.Type, _ resource: CustomResource) throws {
        let sample = SchemaSample.object(of: resource)
        let written = try Kind(jsonValue: sample).jsonValue()
        #expect(
            written == sample,
            "\(resource.type.kind): \(String(describing: JSONMergePatch.diff(from: sample, to: written)))")
    }

    private func expectSameFields(_ value: Any, _ schema: Schema, _ path: String) {
        let mirror = Mirror(reflecting: value)
        switch (mirror.displayStyle, schema.shape) {
        case (.optional, _):
            for child in mirror.children { expectSameFields(child.value, schema, path) }
        case (.collection, .list(let element, _, _)):
            #expect(!mirror.children.isEmpty, "\(path) is empty in the sample")
            for child in mirror.children { expectSameFields(child.value, element, path) }
        case (.struct, .object(let properties)) where !(value is Condition):
            let fields = mirror.children.compactMap(\.label)
            #expect(Set(fields) == Set(properties.map(\.name)), "\(path)")
            for child in mirror.children {
                guard let property = properties.first(where: { $0.name == child.label }) else { continue }
                expectSameFields(child.value, property.schema, "\(path).\(property.name)")
            }
        default:
            break
        }
    }
}
