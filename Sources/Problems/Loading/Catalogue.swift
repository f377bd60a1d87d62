import Environments
import JSON
import YAML

/// All problems there are, by id.
package struct Catalogue: Sendable {
    private var entries: [String: (family: ProblemFamily, task: TaskType)] = [:]

    /// The ids in the order of the files.
    package private(set) var ids: [String] = []

    /// What is compiled in.
    ///
    /// A mistake in it is a failed test, and at run time an error like that of any other file.
    package static func builtin() throws(ProblemError) -> Catalogue {
        var catalogue = Catalogue()
        try catalogue.add(PackageResources.problems_yaml, file: "problems.yaml")
        return catalogue
    }

    package init() {}

    /// Adds a file; nothing of it is added when anything in it is wrong, or an id is already taken.
    package mutating func add(_ yaml: [UInt8], file: String) throws(ProblemError) {
        let root: JSONValue
        do {
            root = try YAML.parse(yaml)
        } catch {
            throw .invalidDefinition(place: "\(file):\(error.line)", path: "", message: error.message)
        }
        let top = DefinitionField(value: root, path: "", place: "\(file):1")
        try top.allow(["problems"])
        let lines = Self.linesOfEntries(yaml)
        var added = self
        for (index, item) in try top["problems"].items().enumerated() {
            let place = index < lines.count ? "\(file):\(lines[index])" : file
            let family = try ProblemFamily(item.value ?? nil, path: item.path, place: place)
            for task in family.tasks {
                let id = family.id(task)
                guard added.entries[id] == nil else {
                    throw .invalidDefinition(place: place, path: "\(item.path).id", message: "\(id) exists already")
                }
                _ = try family.problem(task, overrides: [:])
                added.entries[id] = (family, task)
                added.ids.append(id)
            }
        }
        self = added
    }

    package func problem(_ id: String, parameters: [String: String] = [:]) throws(ProblemError) -> Problem {
        guard let entry = entries[id] else {
            throw .unknownProblem(id: id, suggestions: Suggestions.closest(to: id, among: ids))
        }
        return try entry.family.problem(entry.task, overrides: parameters)
    }

    package func contains(_ id: String) -> Bool { entries[id] != nil }

    /// The tree keeps no lines.
    ///
    /// Entries are the items of one list, so the least indented `- ` after `problems:` begin them.
    private static func linesOfEntries(_ yaml: [UInt8]) -> [Int] {
        var found: [(line: Int, indent: Int)] = []
        for (index, line) in yaml.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            let indent = line.prefix { $0 == 0x20 }.count
            if line.dropFirst(indent).starts(with: Array("- ".utf8)) { found.append((index + 1, indent)) }
        }
        let least = found.map(\.indent).min()
        return found.filter { $0.indent == least }.map(\.line)
    }
}
