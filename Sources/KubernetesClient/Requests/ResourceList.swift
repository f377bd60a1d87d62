import JSON

/// The objects of a list and the version of the collection they show, from which a watch goes on.
package struct ResourceList<Item: Sendable>: Sendable {
    package var items: [Item]
    package var resourceVersion: String

    package init(items: [Item], resourceVersion: String) {
        self.items = items
        self.resourceVersion = resourceVersion
    }
}

/// One answer to a list request.
struct ListPage<Item: JSONDecodable & Sendable>: JSONDecodable, Sendable {
    var items: [Item] = []
    var resourceVersion = ""
    var continueToken = ""

    init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": try readMetadata(&reader)
            case "items": items = try reader.decodeIfPresent([Item].self) ?? []
            default: try reader.skip()
            }
        }
    }

    private mutating func readMetadata(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "resourceVersion": resourceVersion = try reader.decodeIfPresent(String.self) ?? ""
            case "continue": continueToken = try reader.decodeIfPresent(String.self) ?? ""
            default: try reader.skip()
            }
        }
    }
}
