/// What is asked of an API server, request by request, as our client asks it.
///
/// The same scenario is played to a real server and to the one in memory, and the answers are compared whole.
package struct Scenario: Sendable {
    package let name: String
    /// The kinds it is played with.
    package let subjects: [Subject]
    let steps: @Sendable (Subject) -> [Step]

    init(_ name: String, with subjects: [Subject], _ steps: @escaping @Sendable (Subject) -> [Step]) {
        self.name = name
        self.subjects = subjects
        self.steps = steps
    }
}

/// One scenario with one kind, on one sort of server: what is compared as a unit.
package struct Performance: Sendable, CustomStringConvertible {
    package let scenario: Scenario
    package let subject: Subject
    package let form: ServedForm

    /// Also the name of the file with the recorded answers.
    package var name: String { "\(scenario.name)-\(subject.name)" }
    package var description: String { "\(form.rawValue)/\(name)" }

    package static func all(_ form: ServedForm) -> [Performance] {
        Scenario.all.flatMap { scenario in
            scenario.subjects.filter { $0.isBuiltIn == form.isBuiltIn }.map {
                Performance(scenario: scenario, subject: $0, form: form)
            }
        }
    }

    /// Plays it and gives what the server said to each step, with what differs from run to run masked.
    package func play(on stage: Stage) async throws -> [JSONLine] {
        var references = References(namespace: stage.namespace)
        var masking = Masking(namespace: stage.namespace)
        var answers: [JSONLine] = []
        for step in scenario.steps(subject) {
            let (outcome, exchanges) = await stage.take(step, references)
            for exchange in exchanges { references.learn(exchange) }
            guard step.isRecorded else {
                if case .failure(let error) = outcome { throw error }
                continue
            }
            answers.append(masking.masked(step: step.label, outcome, exchanges))
        }
        return answers
    }
}
