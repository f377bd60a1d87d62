import JSON
import YAML

/// The content of one or more kubeconfig files.
///
/// Invariants: entries keep the file they came from, so that errors can name it and relative paths are taken from its
/// folder; of two entries with one name the first wins, as kubectl merges.
struct Kubeconfig {
    struct Entry {
        var file: String
        var name: String
        var fields: JSONValue
    }

    var currentContext: String?
    var contexts: [Entry] = []
    var clusters: [Entry] = []
    var users: [Entry] = []
    var files: [String] = []

    init() {}

    init(parsing bytes: [UInt8], path: String) throws(KubernetesError) {
        let root: JSONValue
        do {
            root = try YAML.parse(bytes)
        } catch {
            throw .configuration("kubeconfig \(path): \(error)")
        }
        files = [path]
        if root == .null { return }
        guard root.objectValue != nil else {
            throw .configuration("kubeconfig \(path): expected a mapping at the top")
        }
        if let name = root["current-context"]?.stringValue, !name.isEmpty { currentContext = name }
        contexts = try Self.entries(root, "contexts", "context", path)
        clusters = try Self.entries(root, "clusters", "cluster", path)
        users = try Self.entries(root, "users", "user", path)
    }

    mutating func merge(_ other: Kubeconfig) {
        currentContext = currentContext ?? other.currentContext
        contexts = Self.firstWins(contexts, other.contexts)
        clusters = Self.firstWins(clusters, other.clusters)
        users = Self.firstWins(users, other.users)
        files += other.files
    }

    private static func firstWins(_ first: [Entry], _ second: [Entry]) -> [Entry] {
        let known = Set(first.map(\.name))
        return first + second.filter { !known.contains($0.name) }
    }

    private static func entries(
        _ root: JSONValue, _ list: String, _ member: String, _ path: String
    ) throws(KubernetesError) -> [Entry] {
        guard let value = root[list], value != .null else { return [] }
        guard let items = value.arrayValue else {
            throw .configuration("kubeconfig \(path): \(list) must be a list")
        }
        var entries: [Entry] = []
        for (index, item) in items.enumerated() {
            guard let name = item["name"]?.stringValue else {
                throw .configuration("kubeconfig \(path): \(list)[\(index)].name is missing")
            }
            let fields = item[member] ?? .null
            guard fields == .null || fields.objectValue != nil else {
                throw .configuration("kubeconfig \(path): \(list)[\(name)].\(member) must be a mapping")
            }
            entries.append(Entry(file: path, name: name, fields: fields))
        }
        return entries
    }
}
