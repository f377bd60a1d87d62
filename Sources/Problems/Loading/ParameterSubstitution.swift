import JSON

/// Puts parameters where a definition says `${name}`.
struct ParameterSubstitution {
    let values: JSONObject
    let place: String

    /// A text that is nothing but `${name}` becomes the parameter with its type; inside a text it becomes text.
    func apply(to value: JSONValue, path: String) throws(ProblemError) -> JSONValue {
        switch value {
        case .string(let text): return try substitute(text, path: path)
        case .array(let items):
            var result: [JSONValue] = []
            for (index, item) in items.enumerated() { result.append(try apply(to: item, path: "\(path)[\(index)]")) }
            return .array(result)
        case .object(let object):
            var result: JSONObject = [:]
            for (key, item) in object {
                result[key] = try apply(to: item, path: path.isEmpty ? key : "\(path).\(key)")
            }
            return .object(result)
        default: return value
        }
    }

    private func substitute(_ text: String, path: String) throws(ProblemError) -> JSONValue {
        var rest = Substring(text)
        var result = ""
        var isWhole = true
        while let opening = rest.range(of: "${") {
            let before = rest[..<opening.lowerBound]
            let after = rest[opening.upperBound...]
            guard let closing = after.firstIndex(of: "}") else { break }
            let name = String(after[..<closing])
            guard let value = values[name] else {
                throw .invalidDefinition(place: place, path: path, message: "there is no parameter \"\(name)\"")
            }
            rest = after[after.index(after: closing)...]
            if isWhole, result.isEmpty, before.isEmpty, rest.isEmpty { return value }
            isWhole = false
            result += before + (value.stringValue ?? value.text)
        }
        return .string(result + rest)
    }
}

extension Substring {
    /// The first place of an ASCII text; the standard library alone has no such search.
    fileprivate func range(of text: String) -> Range<Index>? {
        let bytes = Array(text.utf8)
        var start = startIndex
        while start < endIndex {
            if utf8[start...].starts(with: bytes) { return start..<utf8.index(start, offsetBy: bytes.count) }
            start = index(after: start)
        }
        return nil
    }
}
