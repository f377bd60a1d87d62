package import JSON

/// A part of our kinds: a plain value that reads and writes its JSON.
///
/// Decoding is lenient: an absent or null field keeps its default, an unknown field is passed over, an unknown
/// word is kept. What is wrong with a value is for `validate()` to say, since a list that cannot be decoded would
/// stop the operator for everybody.
package typealias APIValue = Sendable & Hashable & JSONDecodable & JSONEncodable

extension JSONReader {
    /// Null leaves an optional field nil.
    mutating func read<T: JSONDecodable>(_ field: inout T?) throws(JSONError) {
        field = try decodeIfPresent(T.self)
    }

    /// Null leaves a field at its default.
    mutating func read<T: JSONDecodable>(_ field: inout T) throws(JSONError) {
        if let value = try decodeIfPresent(T.self) { field = value }
    }
}
