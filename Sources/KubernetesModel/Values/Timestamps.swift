package import JSON
package import Primitives

extension JSONReader {
    /// An RFC 3339 time, or nil for `null`, which the API writes for times that are not set.
    package mutating func timestampIfPresent() throws(JSONError) -> Timestamp? {
        guard let text = try decodeIfPresent(String.self), !text.isEmpty else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            throw JSONError(offset: offset, message: "not an RFC 3339 time")
        }
        return time
    }
}
