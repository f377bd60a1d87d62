package import Primitives

/// A type that writes itself as exactly one JSON value.
package protocol JSONEncodable {
    func encode(to writer: inout JSONWriter)
}

extension JSONEncodable {
    package func jsonBytes(pretty: Bool = false) -> [UInt8] {
        var writer = JSONWriter(pretty: pretty)
        encode(to: &writer)
        return writer.bytes
    }

    /// The same value as a tree.
    ///
    /// A type that encodes itself as malformed JSON is a defect in that type; it gives null here.
    package func jsonValue() -> JSONValue {
        var reader = JSONReader(jsonBytes(), limits: JSONLimits(bytes: .max, depth: 1_024))
        reader.keepsLastDuplicate = true
        do {
            let value = try reader.value()
            try reader.finish()
            return value
        } catch {
            assertionFailure("\(Self.self) encodes itself as malformed JSON: \(error)")
            return .null
        }
    }
}

extension String: JSONEncodable {
    package func encode(to writer: inout JSONWriter) { writer.string(self) }
}

extension Bool: JSONEncodable {
    package func encode(to writer: inout JSONWriter) { writer.bool(self) }
}

extension Int: JSONEncodable {
    package func encode(to writer: inout JSONWriter) { writer.integer(self) }
}

extension Int64: JSONEncodable {
    package func encode(to writer: inout JSONWriter) { writer.integer(self) }
}

extension Double: JSONEncodable {
    package func encode(to writer: inout JSONWriter) { writer.double(self) }
}

extension JSONValue: JSONEncodable {
    package func encode(to writer: inout JSONWriter) { writer.value(self) }

    package func jsonValue() -> JSONValue { self }
}

extension Array: JSONEncodable where Element: JSONEncodable {
    package func encode(to writer: inout JSONWriter) {
        writer.beginArray()
        for element in self { element.encode(to: &writer) }
        writer.endArray()
    }
}

/// Keys are sorted, since a dictionary has no order of its own and documents must be reproducible.
extension Dictionary: JSONEncodable where Key == String, Value: JSONEncodable {
    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        for (key, value) in sorted(by: { $0.key < $1.key }) { writer.field(key, value) }
        writer.endObject()
    }
}

/// Whole seconds; a type that needs Kubernetes' `MicroTime` writes `rfc3339Micro` itself.
extension Timestamp: JSONEncodable {
    package func encode(to writer: inout JSONWriter) { writer.string(rfc3339) }
}
