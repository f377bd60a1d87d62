package import JSON

/// What an accepted write says about the object: which one it is, and its new version.
///
/// The rest of the answer is read over: whoever watches the kind gets the object once more.
package struct WriteReceipt: Sendable, Hashable, JSONDecodable {
    package var uid = ""
    package var resourceVersion = ""

    package init(uid: String, resourceVersion: String) {
        self.uid = uid
        self.resourceVersion = resourceVersion
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if key == "metadata" { try readMetadata(&reader) } else { try reader.skip() }
        }
    }

    private mutating func readMetadata(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "uid": uid = try reader.decodeIfPresent(String.self) ?? ""
            case "resourceVersion": resourceVersion = try reader.decodeIfPresent(String.self) ?? ""
            default: try reader.skip()
            }
        }
    }
}
