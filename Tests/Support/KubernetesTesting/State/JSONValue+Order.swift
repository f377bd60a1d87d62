import JSON

extension JSONValue {
    /// The same with the members of every object in the order of their names, as the server writes them.
    var inOrder: JSONValue {
        switch self {
        case .array(let items): return .array(items.map(\.inOrder))
        case .object(let members):
            var result = JSONObject()
            for (key, member) in members.sorted(by: { $0.key < $1.key }) { result[key] = member.inOrder }
            return .object(result)
        default: return self
        }
    }
}
