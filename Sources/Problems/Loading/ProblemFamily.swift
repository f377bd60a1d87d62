import Environments
import JSON
import Primitives

/// One entry of the catalogue: a definition shared by the task types it lists.
struct ProblemFamily: Sendable {
    private let idPattern: String
    private let definition: JSONValue
    private let parameters: JSONObject
    private let place: String
    let tasks: [TaskType]

    private static let keys = [
        "id", "tasks", "application", "parameters", "fault", "truth", "oracle", "limits", "allows",
    ]

    init(_ entry: JSONValue, path: String, place: String) throws(ProblemError) {
        let field = DefinitionField(value: entry, path: path, place: place)
        guard entry.objectValue != nil else { throw field.wrong("is not a map") }
        try field.allow(Self.keys)
        let pattern = try field["id"].text()
        var tasks: [TaskType] = []
        for item in try field["tasks"].items() {
            let name = try item.oneOf(TaskType.allCases.map(\.rawValue))
            if let task = TaskType(rawValue: name) { tasks.append(task) }
        }
        guard !tasks.isEmpty else { throw field["tasks"].wrong("names no task type") }
        let parts = pattern.split(separator: "{task}", omittingEmptySubsequences: false)
        guard parts.count == 2 || (parts.count == 1 && tasks.count == 1) else {
            throw field["id"].wrong("must hold {task} once, or list a single task type")
        }
        idPattern = pattern
        self.tasks = tasks
        parameters = try field["parameters"].object()
        definition = entry
        self.place = place
    }

    func id(_ task: TaskType) -> String {
        idPattern.split(separator: "{task}", omittingEmptySubsequences: false).joined(separator: task.idWord)
    }

    /// The problem with the task's own parameters in place of the defaults.
    func problem(_ task: TaskType, overrides: [String: String]) throws(ProblemError) -> Problem {
        var values = parameters
        for (name, text) in overrides.sorted(by: { $0.key < $1.key }) {
            guard let standard = parameters[name] else {
                let known = parameters.keys.joined(separator: ", ")
                throw .invalidParameter(
                    name: name, message: known.isEmpty ? "this problem has none" : "known are \(known)")
            }
            values[name] = try Self.typed(text, like: standard, name: name)
        }
        let substitution = ParameterSubstitution(values: values, place: place)
        var settled: JSONObject = [:]
        for (key, value) in definition.objectValue ?? [:] where key != "parameters" && key != "id" {
            settled[key] = try substitution.apply(to: value, path: key)
        }
        do {
            return try ProblemReader(DefinitionField(value: .object(settled), path: "", place: place))
                .problem(id: id(task), taskType: task, revision: revision(of: settled))
        } catch {
            // A definition is checked with its defaults when it is loaded; what breaks it now is the task's.
            guard case .invalidDefinition(_, let path, let message) = error, !overrides.isEmpty else { throw error }
            throw .invalidParameter(
                name: overrides.keys.sorted().joined(separator: ", "), message: "\(path): \(message)")
        }
    }

    private func revision(of settled: JSONObject) -> String {
        String(SHA256Digest.of(JSONValue.object(settled).text).hex.prefix(12))
    }

    /// A parameter has the type of its default.
    private static func typed(
        _ text: String, like standard: JSONValue, name: String
    ) throws(ProblemError) -> JSONValue {
        switch standard {
        case .integer:
            guard let number = Int64(Answers.trimmed(text)) else {
                throw .invalidParameter(name: name, message: "\"\(Answers.quoted(text))\" is not a whole number")
            }
            return .integer(number)
        default: return .string(text)
        }
    }
}
