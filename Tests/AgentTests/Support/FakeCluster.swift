import Agent
import JSON
import Primitives

/// A namespace with services and deployments that answers the kubectl commands an agent sends, pods following deployments.
///
/// It understands what kubectl understands (columns by path, JSON patches, scale), not the particular commands of anyone.
final class FakeCluster: Toolbox {
    struct Workload: Hashable {
        var name: String
        var labels: [String: String]
        var replicas: Int
        var ports: [(name: String?, number: Int)]
        var nodeSelector: [String: String] = [:]
        var waiting: String?

        static func == (left: Workload, right: Workload) -> Bool { left.name == right.name }
        func hash(into hasher: inout Hasher) { hasher.combine(name) }
    }

    struct Service {
        var name: String
        var selector: [String: String]
        var ports: [(port: Int, target: JSONValue)]
    }

    enum Sight: CaseIterable { case open, forbidden, blank, garbage }

    struct State {
        var namespace: String
        var workloads: [Workload]
        var services: [Service]
        var sight = Sight.open
        var commands: [String] = []
        var writes = 0
        /// Number of the command, from 1, that the API server does not answer.
        var failingCommand: Int?
    }

    private let state: Locked<State>

    init(_ state: State) { self.state = Locked(state) }

    var commands: [String] { state.withLock { $0.commands } }
    var writes: Int { state.withLock { $0.writes } }

    /// Every service reaches a declared port of running pods.
    var isHealthy: Bool { state.withLock { $0.isHealthy } }

    let tools = [
        ToolDescription(
            name: "exec_shell", summary: "Runs a command.",
            parameters: [ToolParameter("command", .text, "the command to run.")], returns: "what it wrote.",
            effect: .shell(argument: "command"))
    ]

    func perform(_ action: AgentAction) async throws(ToolError) -> Observation {
        let command = action.string("command", at: 0) ?? ""
        return state.withLock { state in
            state.commands.append(command)
            if state.commands.count == state.failingCommand {
                return Observation(text: "[stderr]\nThe connection to the server was refused\n[exit code 1]")
            }
            switch state.sight {
            case .forbidden:
                return Observation(
                    text: "exit code: 1\nstderr:\nError from server (Forbidden): services is forbidden\n")
            case .blank: return Observation(text: "exit code: 0\n")
            case .garbage: return Observation(text: "NAME   AGE\nx   y   z\n\u{0} <none> <none>\nmap[ map[a:b\n")
            case .open: break
            }
            var output = ""
            for words in Self.split(command) { output += state.run(words) }
            return Observation(text: "exit code: 0\nstdout:\n\(output)")
        }
    }

    /// Simple commands of a line, words with single quotes removed.
    private static func split(_ line: String) -> [[String]] {
        var commands: [[String]] = [[]]
        var word: String?
        var isQuoted = false
        for character in line {
            if character == "'" {
                isQuoted.toggle()
                word = word ?? ""
            } else if !isQuoted, character == " " || character == ";" || character == "&" {
                if let done = word { commands[commands.count - 1].append(done) }
                word = nil
                if character != " " { commands.append([]) }
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let done = word { commands[commands.count - 1].append(done) }
        return commands.filter { !$0.isEmpty }
    }
}

extension FakeCluster.State {
    var isHealthy: Bool {
        services.allSatisfy { service in
            let behind = workloads.filter { $0.labels.contains(service.selector) && $0.isAvailable }
            return !behind.isEmpty
                && service.ports.allSatisfy { port in
                    behind.allSatisfy { workload in
                        workload.ports.contains { declared in
                            port.target == .integer(Int64(declared.number))
                                || declared.name.map { port.target == .string($0) } ?? false
                        }
                    }
                }
        }
    }

    mutating func run(_ words: [String]) -> String {
        if words.first == "sleep" { return "" }
        guard words.first == "kubectl", words.count > 2 else { return "sh: not found\n" }
        guard let flag = words.firstIndex(of: "-n"), words.indices.contains(flag + 1), words[flag + 1] == namespace
        else {
            return "No resources found.\n"
        }
        switch words[1] {
        case "get": return get(words)
        case "patch": return patch(words)
        case "scale":
            guard let index = workloads.firstIndex(where: { $0.name == words[3] }) else { return "not found\n" }
            workloads[index].replicas = words.last?.split(separator: "=").last.flatMap { Int($0) } ?? 0
            writes += 1
            return "scaled\n"
        default: return "error: unknown command\n"
        }
    }

    private func get(_ words: [String]) -> String {
        let name = words[3].hasPrefix("-") ? nil : words[3]
        guard let columns = words.last, columns.hasPrefix("custom-columns=") else { return "error: output\n" }
        let specification = columns.dropFirst("custom-columns=".count).split(separator: ",").map {
            $0.split(separator: ":", maxSplits: 1).map(String.init)
        }
        let rows = objects(words[2]).filter { name == nil || $0["metadata"]?["name"]?.stringValue == name }
            .map { object in specification.map { Self.cell(object, path: $0[1]) } }
        let table = [specification.map { $0[0] }] + rows
        let widths = specification.indices.map { column in (table.map { $0[column].count }.max() ?? 0) + 3 }
        return table.map { row in
            zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined() + "\n"
        }.joined()
    }

    private func objects(_ resource: String) -> [JSONValue] {
        switch resource {
        case "services": services.map(\.json)
        case "deployments": workloads.map(\.json)
        case "pods": workloads.flatMap(\.pods)
        default: []
        }
    }

    private mutating func patch(_ words: [String]) -> String {
        guard let text = words.last, let patch = try? JSONValue(parsing: Array(text.utf8)) else {
            return "error: patch\n"
        }
        for operation in patch.arrayValue ?? [] {
            let path = operation["path"]?.stringValue?.split(separator: "/").map(String.init) ?? []
            if words[2] == "service", let index = services.firstIndex(where: { $0.name == words[3] }) {
                if path.count == 4, path[1] == "ports", let port = Int(path[2]), let value = operation["value"] {
                    services[index].ports[port].target = value
                } else if path == ["spec", "selector"], let map = operation["value"]?.objectValue {
                    services[index].selector = Dictionary(
                        uniqueKeysWithValues: map.map { ($0.key, $0.value.stringValue ?? "") })
                } else {
                    return "error: path\n"
                }
            } else if words[2] == "deployment", let index = workloads.firstIndex(where: { $0.name == words[3] }),
                path.last == "nodeSelector"
            {
                workloads[index].nodeSelector = [:]
            } else {
                return "error: not found\n"
            }
        }
        writes += 1
        return "patched\n"
    }

    /// What kubectl prints for a path such as `.spec.ports[*].port`.
    private static func cell(_ object: JSONValue, path: String) -> String {
        var values = [object]
        for step in path.split(separator: ".") {
            let isList = step.hasSuffix("[*]")
            let key = isList ? String(step.dropLast(3)) : String(step)
            values = values.compactMap { $0[key] }.flatMap { isList ? $0.arrayValue ?? [] : [$0] }
        }
        return values.isEmpty ? "<none>" : values.map(go).joined(separator: ",")
    }

    private static func go(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .object(let object):
            "map[" + object.map { "\($0.key):\(go($0.value))" }.sorted().joined(separator: " ") + "]"
        case .array(let elements): "[" + elements.map(go).joined(separator: " ") + "]"
        default: value.text
        }
    }
}

extension FakeCluster.Service {
    var json: JSONValue {
        [
            "metadata": ["name": .string(name)],
            "spec": [
                "selector": object(selector),
                "ports": .array(ports.map { ["port": .integer(Int64($0.port)), "targetPort": $0.target] }),
            ],
        ]
    }
}

extension FakeCluster.Workload {
    var isAvailable: Bool { replicas > 0 && nodeSelector.isEmpty && waiting == nil }

    var json: JSONValue {
        var spec: JSONValue = [:]
        if !nodeSelector.isEmpty { spec["nodeSelector"] = object(nodeSelector) }
        var status: JSONValue = [:]
        if isAvailable { status["availableReplicas"] = .integer(Int64(replicas)) }
        return [
            "metadata": ["name": .string(name)],
            "spec": [
                "replicas": .integer(Int64(replicas)),
                "template": ["metadata": ["labels": object(labels)], "spec": spec],
            ],
            "status": status,
        ]
    }

    var pods: [JSONValue] {
        (0..<replicas).map { number in
            let declared: [JSONValue] = ports.map { port in
                var json: JSONValue = ["containerPort": .integer(Int64(port.number))]
                if let name = port.name { json["name"] = .string(name) }
                return json
            }
            var container: JSONValue = ["ready": .bool(isAvailable)]
            if let waiting { container["state"] = ["waiting": ["reason": .string(waiting)]] }
            var status: JSONValue = ["phase": nodeSelector.isEmpty ? "Running" : "Pending"]
            if nodeSelector.isEmpty { status["containerStatuses"] = [container] }
            var all = labels
            all["pod-template-hash"] = "abc"
            return [
                "metadata": ["name": .string("\(name)-abc-\(number)"), "labels": object(all)],
                "spec": ["containers": [["ports": .array(declared)]]], "status": status,
            ]
        }
    }
}

private func object(_ map: [String: String]) -> JSONValue {
    var object = JSONObject()
    for (key, value) in map.sorted(by: { $0.key < $1.key }) { object[key] = .string(value) }
    return .object(object)
}

extension [String: String] {
    fileprivate func contains(_ selector: [String: String]) -> Bool {
        selector.allSatisfy { self[$0.key] == $0.value }
    }
}
