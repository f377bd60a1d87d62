package import JSON
package import Primitives

/// Holder, duration and last renewal; times carry microseconds, as the API demands of MicroTime.
package struct LeaseSpec: Sendable, Hashable, JSONDecodable, JSONEncodable {
    package var holderIdentity: String?
    package var leaseDurationSeconds: Int?
    package var acquireTime: Timestamp?
    package var renewTime: Timestamp?
    package var leaseTransitions: Int?

    package init(
        holderIdentity: String? = nil,
        leaseDurationSeconds: Int? = nil,
        acquireTime: Timestamp? = nil,
        renewTime: Timestamp? = nil,
        leaseTransitions: Int? = nil
    ) {
        self.holderIdentity = holderIdentity
        self.leaseDurationSeconds = leaseDurationSeconds
        self.acquireTime = acquireTime
        self.renewTime = renewTime
        self.leaseTransitions = leaseTransitions
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "holderIdentity": holderIdentity = try reader.decodeIfPresent(String.self)
            case "leaseDurationSeconds": leaseDurationSeconds = try reader.decodeIfPresent(Int.self)
            case "acquireTime": acquireTime = try reader.timestampIfPresent()
            case "renewTime": renewTime = try reader.timestampIfPresent()
            case "leaseTransitions": leaseTransitions = try reader.decodeIfPresent(Int.self)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("holderIdentity", holderIdentity)
        writer.field("leaseDurationSeconds", leaseDurationSeconds)
        writer.field("acquireTime", acquireTime?.rfc3339Micro)
        writer.field("renewTime", renewTime?.rfc3339Micro)
        writer.field("leaseTransitions", leaseTransitions)
        writer.endObject()
    }
}
