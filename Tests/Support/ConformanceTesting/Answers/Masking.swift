import JSON
import KubernetesClient

/// Replaces what differs from run to run by what it stands for: uids and versions by their number in the order in which
/// they come up, so that it is still seen which are the same; times, tokens and made-up names by a word.
struct Masking {
    private let namespace: String
    private var uids: [String] = []
    /// The versions of each object, by its uid.
    private var versions: [String: [String]] = [:]

    init(namespace: String) { self.namespace = namespace }

    mutating func masked(
        step label: String, _ outcome: Result<Int?, KubernetesError>, _ exchanges: [Exchange]
    ) -> JSONLine {
        var line: JSONValue = ["step": .string(label)]
        if case .failure(let error) = outcome {
            line["error"] = .string("\(error.kind)".prefix { $0.isLetter }.description)
            if case .decode = error.kind { line["error"] = .string("\(error)") }
        }
        line["exchanges"] = .array(exchanges.map { masked($0) })
        return JSONLine(line)
    }

    private mutating func masked(_ exchange: Exchange) -> JSONValue {
        var value: JSONValue = [
            "request": .string("\(exchange.method) \(masked(text: exchange.target))"),
            "code": .integer(Int64(exchange.status)),
        ]
        if let warning = exchange.warning { value["warning"] = .string(masked(text: warning)) }
        if let retryAfter = exchange.retryAfter { value["retryAfter"] = .string(retryAfter) }
        if exchange.isWatch {
            value["frames"] = .array(exchange.frames.map { masked($0) })
        } else if let json = exchange.json {
            value["body"] = masked(json)
        } else {
            value["body"] = .string(String(decoding: exchange.bytes, as: UTF8.self))
        }
        return value
    }

    private mutating func masked(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): return .string(masked(text: text))
        case .array(let items): return .array(items.map { masked($0) })
        case .object(let members):
            var result = JSONObject()
            let uid = members["uid"]?.stringValue ?? ""
            for (key, member) in members {
                switch (key, member) {
                case ("resourceVersion", .string(let version)): result[key] = .string(masked(version: version, of: uid))
                case ("continue", .string(let token)) where !token.isEmpty: result[key] = "<token>"
                case ("storageVersionHash", _): continue
                // Maps of the server's decide on their order.
                case ("causes", .array(let causes)):
                    result[key] = .array(causes.map { masked($0) }.sorted { $0.text < $1.text })
                case ("resources", .array(let resources)):
                    result[key] = .array(resources.map { masked($0) }.sorted { Self.name($0) < Self.name($1) })
                // Theirs is the age of the entries, to the second; one changes at each turn of it.
                case ("managedFields", .array(let entries)):
                    result[key] = .array(
                        entries.map { entry in
                            var entry = masked(entry)
                            entry["time"] = nil
                            return entry
                        }.sorted { Self.rank($0) < Self.rank($1) })
                default: result[masked(text: key)] = masked(member)
                }
            }
            return .object(Self.inOrder(result))
        default: return value
        }
    }

    /// The message of a refusal tells its causes in the same order as the list of them: in none.
    private static func inOrder(_ status: JSONObject) -> JSONObject {
        guard let message = status["message"]?.stringValue, message.hasSuffix("]"),
            let start = message.firstRange(of: "is invalid: [")?.upperBound,
            let causes = status["details"]?["causes"]?.arrayValue
        else { return status }
        let told = Set(causes.map { "\($0["field"]?.stringValue ?? ""): \($0["message"]?.stringValue ?? "")" })
        let list = told.sorted().joined(separator: ", ")
        let given = message[start...]
        guard told.allSatisfy({ given.contains($0) }), list.utf8.count == given.utf8.count - 1 else { return status }
        var result = status
        result["message"] = .string("\(message[..<start])\(list)]")
        return result
    }

    private static func name(_ resource: JSONValue) -> String { resource["name"]?.stringValue ?? "" }

    private static func rank(_ entry: JSONValue) -> String {
        ["operation", "manager", "subresource"].map { entry[$0]?.stringValue ?? "" }.joined(separator: " ")
    }

    /// Versions of a collection are those of everything that goes on in a cluster.
    private mutating func masked(version: String, of uid: String) -> String {
        guard !uid.isEmpty, !version.isEmpty else { return version.isEmpty ? "" : "<version>" }
        let number = versions[uid]?.firstIndex(of: version) ?? versions[uid]?.count ?? 0
        if number == versions[uid]?.count ?? 0 { versions[uid, default: []].append(version) }
        return "<version \(number + 1)>"
    }

    private mutating func masked(text: String) -> String {
        var result = text.replacing(namespace, with: "<namespace>")
        // Regular expressions are slow where nothing is optimized: only where they may find something.
        if result.utf8.count >= 20, result.contains("T"), result.contains("Z") {
            result.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/, with: "<time>")
        }
        if result.contains("resourceVersion=") {
            result.replace(/resourceVersion=([2-9]\d*|1\d+)/, with: "resourceVersion=<version>")
        }
        if result.contains("continue=") { result.replace(/continue=[^&]+/, with: "continue=<token>") }
        if result.contains("too old resource") { result.replace(/version: 1 \(\d+\)/, with: "version: 1 (<version>)") }
        if result.contains("ResourceVersion in") {
            result.replace(/precondition \([0-9]+\)/, with: "precondition (<version>)")
            result.replace(/record \([0-9]+\)/, with: "record (<version>)")
        }
        // An object as text, inside a string or one inside that.
        if result.contains("resourceVersion\"") || result.contains("resourceVersion\\\"") {
            result.replace(/resourceVersion(\\?":\\?")\d+/) { "resourceVersion\($0.output.1)<version>" }
        }
        if result.contains("made-") { result.replace(/made-[a-z0-9]{5}/, with: "made-<random>") }
        guard result.utf8.count >= 36, result.utf8.count(where: { $0 == UInt8(ascii: "-") }) >= 4 else { return result }
        for match in result.matches(of: /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/).reversed() {
            let uid = String(match.output)
            let number = uids.firstIndex(of: uid) ?? uids.count
            if number == uids.count { uids.append(uid) }
            result.replaceSubrange(match.range, with: "<uid \(number + 1)>")
        }
        return result
    }
}
