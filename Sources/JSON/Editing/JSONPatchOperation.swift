/// One step of a patch (RFC 6902); paths are JSON pointers.
///
/// `move` and `copy` are left out, nothing here sends them.
package enum JSONPatchOperation: Sendable, Hashable {
    case add(path: String, JSONValue)
    case remove(path: String)
    case replace(path: String, JSONValue)
    /// Fails the whole patch when the value at the path differs.
    case test(path: String, JSONValue)

    package var path: String {
        switch self {
        case .add(let path, _), .remove(let path), .replace(let path, _), .test(let path, _): path
        }
    }
}

extension JSONPatchOperation: JSONEncodable {
    package func encode(to writer: inout JSONWriter) {
        let (name, value): (String, JSONValue?) =
            switch self {
            case .add(_, let value): ("add", value)
            case .remove: ("remove", nil)
            case .replace(_, let value): ("replace", value)
            case .test(_, let value): ("test", value)
            }
        writer.beginObject()
        writer.field("op", name)
        writer.field("path", path)
        writer.field("value", value)
        writer.endObject()
    }
}

extension JSONPatchOperation: JSONDecodable {
    package init(from reader: inout JSONReader) throws(JSONError) {
        var name: String?
        var path: String?
        var value: JSONValue?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "op": name = try reader.string()
            case "path": path = try reader.string()
            case "value": value = try reader.value()
            default: try reader.skip()
            }
        }
        guard let path else { throw reader.failure("a patch operation needs a path") }
        switch (name, value) {
        case ("add", let value?): self = .add(path: path, value)
        case ("remove", _): self = .remove(path: path)
        case ("replace", let value?): self = .replace(path: path, value)
        case ("test", let value?): self = .test(path: path, value)
        default: throw reader.failure("unknown patch operation, or one without a value")
        }
    }
}
