/// Steps applied in order; when one fails the document stays as it was.
package struct JSONPatch: Sendable, Hashable, JSONEncodable, JSONDecodable {
    package var operations: [JSONPatchOperation]

    package init(_ operations: [JSONPatchOperation]) {
        self.operations = operations
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        operations = try reader.decode()
    }

    package func encode(to writer: inout JSONWriter) {
        operations.encode(to: &writer)
    }

    package func apply(to document: JSONValue) throws(JSONError) -> JSONValue {
        var result = document
        for operation in operations { result = try operation.apply(to: result) }
        return result
    }
}

extension JSONPatchOperation {
    func apply(to document: JSONValue) throws(JSONError) -> JSONValue {
        let tokens = try JSONPointer(path).tokens
        return try edit(document, tokens[...])
    }

    private func edit(_ value: JSONValue, _ tokens: ArraySlice<String>) throws(JSONError) -> JSONValue {
        guard let token = tokens.first else { return try editWhole(value) }
        switch value {
        case .object(var object):
            object[token] = try editMember(object[token], tokens.dropFirst())
            return .object(object)
        case .array(var array):
            if token == "-" || JSONPointer.arrayIndex(token) == array.count {
                guard tokens.count == 1, case .add(_, let new) = self else { throw missing }
                array.append(new)
                return .array(array)
            }
            guard let index = JSONPointer.arrayIndex(token), array.indices.contains(index) else { throw missing }
            if tokens.count == 1, case .add(_, let new) = self {
                array.insert(new, at: index)
            } else if let edited = try editMember(array[index], tokens.dropFirst()) {
                array[index] = edited
            } else {
                array.remove(at: index)
            }
            return .array(array)
        default:
            throw missing
        }
    }

    /// Edits what a container holds at a place; nil takes it out.
    private func editMember(_ member: JSONValue?, _ rest: ArraySlice<String>) throws(JSONError) -> JSONValue? {
        guard rest.isEmpty else {
            guard let member else { throw missing }
            return try edit(member, rest)
        }
        if case .add(_, let new) = self { return new }
        guard let member else { throw missing }
        if case .remove = self { return nil }
        return try editWhole(member)
    }

    private func editWhole(_ value: JSONValue) throws(JSONError) -> JSONValue {
        switch self {
        case .add(_, let new), .replace(_, let new):
            return new
        case .remove:
            return .null
        case .test(_, let expected):
            guard value == expected else {
                throw JSONError(offset: 0, message: "test failed at \"\(path)\"")
            }
            return value
        }
    }

    private var missing: JSONError {
        JSONError(offset: 0, message: "nothing to change at \"\(path)\"")
    }
}
