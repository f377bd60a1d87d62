package import JSON

/// The three values of a condition; anything else a server might send counts as unknown.
package enum ConditionStatus: String, Sendable, Hashable, JSONDecodable, JSONEncodable {
    case `true` = "True"
    case `false` = "False"
    case unknown = "Unknown"

    package init(_ value: Bool) { self = value ? .true : .false }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self = ConditionStatus(rawValue: try reader.string()) ?? .unknown
    }

    package func encode(to writer: inout JSONWriter) { writer.string(rawValue) }
}
