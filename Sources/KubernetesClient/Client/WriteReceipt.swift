package import JSON

/// What an accepted write says about the object: which one it is, and its new version.
///
/// The rest of the answer is read over: whoever watches the kind gets the object once more.
package struct WriteReceipt: Sendable, Hashable, JSONDecodable {
    package var uid = ""
    package var resourceVersion = ""
    /// The object is on its way out and nobody holds it any more: this write was its end.
    ///
    /// The version is that from before then, since the server stores nothing more of it (registry store,
    /// `deleteWithoutFinalizers`).
    package var isGone = false

    package init(uid: String, resourceVersion: String, isGone: Bool = false) {
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.isGone = isGone
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if key == "metadata" { try readMetadata(&reader) } else { try reader.skip() }
        }
    }

    private mutating func readMetadata(_ reader: inout JSONReader) throws(JSONError) {
        var isLeaving = false
        var isHeld = false
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "deletionTimestamp": isLeaving = try reader.decodeIfPresent(String.self) != nil
            case "finalizers": isHeld = try reader.decodeIfPresent([String].self)?.isEmpty == false
            case "uid": uid = try reader.decodeIfPresent(String.self) ?? ""
            case "resourceVersion": resourceVersion = try reader.decodeIfPresent(String.self) ?? ""
            default: try reader.skip()
            }
        }
        isGone = isLeaving && !isHeld
    }
}
