package import JSON

/// One resource, or subresource, that the server has.
package struct APIResource: Sendable, Hashable, JSONDecodable {
    /// The plural, with the subresource after a slash.
    package var name = ""
    package var singularName = ""
    package var kind = ""
    package var isNamespaced = false
    package var verbs: [String] = []
    package var shortNames: [String] = []
    package var categories: [String] = []

    package var isSubresource: Bool { name.contains("/") }

    init() {}

    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "name": name = try reader.string()
            case "singularName": singularName = try reader.decodeIfPresent(String.self) ?? ""
            case "kind": kind = try reader.string()
            case "namespaced": isNamespaced = try reader.bool()
            case "verbs": verbs = try reader.decodeIfPresent([String].self) ?? []
            case "shortNames": shortNames = try reader.decodeIfPresent([String].self) ?? []
            case "categories": categories = try reader.decodeIfPresent([String].self) ?? []
            default: try reader.skip()
            }
        }
    }
}

struct APIResourceList: JSONDecodable {
    var resources: [APIResource] = []

    init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "resources": resources = try reader.decodeIfPresent([APIResource].self) ?? []
            default: try reader.skip()
            }
        }
    }
}
