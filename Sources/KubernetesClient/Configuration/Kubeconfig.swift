import JSON
import YAML

/// The content of one or more kubeconfig files.
///
/// Invariants: entries keep the file they came from, so that errors can name it and relative paths are taken from its
/// folder; of two entries with one name the first wins, as kubectl merges.
struct Kubeconfig {
    var currentContext: String?
    var contexts: [KubeconfigEntry] = []
    var clusters: [KubeconfigEntry] = []
    var users: [KubeconfigEntry] = []
    var files: [String] = []
    /// File and line of ``currentContext``.
    private(set) var currentContextPlace: String?

    init() {}

    init(parsing bytes: [UInt8], path: String) throws(KubernetesError) {
        let (root, lines): (JSONValue, YAMLLines)
        do {
            (root, lines) = try YAML.parseWithLines(bytes)
        } catch {
            throw .configuration("kubeconfig \(path):\(error.line): \(error.message) (column \(error.column))")
        }
        files = [path]
        if root == .null { return }
        guard root.objectValue != nil else {
            throw .configuration("kubeconfig \(path): expected a mapping at the top")
        }
        if let name = root["current-context"]?.stringValue, !name.isEmpty {
            currentContext = name
            currentContextPlace = "kubeconfig \(path):\(lines.line(of: ["current-context"]))"
        }
        contexts = try Self.entries(root, "contexts", "context", path, lines)
        clusters = try Self.entries(root, "clusters", "cluster", path, lines)
        users = try Self.entries(root, "users", "user", path, lines)
    }

    mutating func merge(_ other: Kubeconfig) {
        if currentContext == nil {
            currentContext = other.currentContext
            currentContextPlace = other.currentContextPlace
        }
        contexts = Self.firstWins(contexts, other.contexts)
        clusters = Self.firstWins(clusters, other.clusters)
        users = Self.firstWins(users, other.users)
        files += other.files
    }

    private static func firstWins(_ first: [KubeconfigEntry], _ second: [KubeconfigEntry]) -> [KubeconfigEntry] {
        let known = Set(first.map(\.name))
        return first + second.filter { !known.contains($0.name) }
    }

    private static func entries(
        _ root: JSONValue, _ list: String, _ member: String, _ path: String, _ lines: YAMLLines
    ) throws(KubernetesError) -> [KubeconfigEntry] {
        guard let value = root[list], value != .null else { return [] }
        guard let items = value.arrayValue else {
            throw .configuration("kubeconfig \(path):\(lines.line(of: [list])): \(list) must be a list")
        }
        var entries: [KubeconfigEntry] = []
        for (index, item) in items.enumerated() {
            let line = lines.line(of: [list, String(index)])
            guard let name = item["name"]?.stringValue else {
                throw .configuration("kubeconfig \(path):\(line): \(list)[\(index)].name is missing")
            }
            let entry = KubeconfigEntry(
                file: path, list: list, member: member, index: index, name: name, fields: item[member] ?? .null,
                lines: lines)
            guard entry.fields == .null || entry.fields.objectValue != nil else {
                throw .configuration("\(entry.place()) must be a mapping")
            }
            entries.append(entry)
        }
        return entries
    }
}
