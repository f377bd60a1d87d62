package import Primitives

/// A type that reads itself from a pull reader, leaving it just behind the value.
package protocol JSONDecodable {
    init(from reader: inout JSONReader) throws(JSONError)
}

extension JSONDecodable {
    /// Decodes a whole document.
    package init(json bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
        var reader = JSONReader(bytes, limits: limits)
        try self.init(from: &reader)
        try reader.finish()
    }

    package init(jsonValue: JSONValue) throws(JSONError) {
        try self.init(json: jsonValue.serialized())
    }
}

extension String: JSONDecodable {
    package init(from reader: inout JSONReader) throws(JSONError) { self = try reader.string() }
}

extension Bool: JSONDecodable {
    package init(from reader: inout JSONReader) throws(JSONError) { self = try reader.bool() }
}

extension Int: JSONDecodable {
    package init(from reader: inout JSONReader) throws(JSONError) { self = try reader.int() }
}

extension Int64: JSONDecodable {
    package init(from reader: inout JSONReader) throws(JSONError) { self = try reader.integer() }
}

extension Double: JSONDecodable {
    package init(from reader: inout JSONReader) throws(JSONError) { self = try reader.double() }
}

extension JSONValue: JSONDecodable {
    package init(from reader: inout JSONReader) throws(JSONError) { self = try reader.value() }
}

extension Array: JSONDecodable where Element: JSONDecodable {
    package init(from reader: inout JSONReader) throws(JSONError) {
        self = []
        try reader.beginArray()
        while try reader.nextElement() { append(try Element(from: &reader)) }
    }
}

/// A key that comes twice keeps its last value, as Go's decoder does.
extension Dictionary: JSONDecodable where Key == String, Value: JSONDecodable {
    package init(from reader: inout JSONReader) throws(JSONError) {
        self = [:]
        try reader.beginObject()
        while let key = try reader.nextKey() { self[key] = try Value(from: &reader) }
    }
}

extension Timestamp: JSONDecodable {
    package init(from reader: inout JSONReader) throws(JSONError) {
        let text = try reader.string()
        guard let time = Timestamp(rfc3339: text) else { throw reader.failure("expected an RFC 3339 time") }
        self = time
    }
}
