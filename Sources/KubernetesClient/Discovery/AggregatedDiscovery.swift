import JSON

/// Everything below `/api` or below `/apis`, in one document (`apidiscovery.k8s.io`, v2 and v2beta1, which look the same).
struct AggregatedDiscovery: JSONDecodable {
    /// What an answer of this form calls itself in its content type.
    static let mark = "APIGroupDiscoveryList"
    static let accept =
        "application/json;g=apidiscovery.k8s.io;v=v2;as=\(mark),"
        + "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=\(mark),application/json"

    /// The resources of each group and version, by `apiVersion`.
    private(set) var resources: [String: [APIResource]] = [:]

    init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "items":
                for group in try reader.decodeIfPresent([Group].self) ?? [] {
                    for version in group.versions {
                        let apiVersion = group.name.isEmpty ? version.name : "\(group.name)/\(version.name)"
                        resources[apiVersion] = version.resources
                    }
                }
            default: try reader.skip()
            }
        }
    }

    private struct Group: JSONDecodable {
        var name = ""
        var versions: [Version] = []

        init(from reader: inout JSONReader) throws(JSONError) {
            try reader.beginObject()
            while let key = try reader.nextKey() {
                switch key {
                case "metadata": name = try reader.decode(Name.self).text
                case "versions": versions = try reader.decodeIfPresent([Version].self) ?? []
                default: try reader.skip()
                }
            }
        }
    }

    /// The name in the metadata of a group; the core group has none.
    private struct Name: JSONDecodable {
        var text = ""

        init(from reader: inout JSONReader) throws(JSONError) {
            try reader.beginObject()
            while let key = try reader.nextKey() {
                switch key {
                case "name": text = try reader.decodeIfPresent(String.self) ?? ""
                default: try reader.skip()
                }
            }
        }
    }

    private struct Version: JSONDecodable {
        var name = ""
        var resources: [APIResource] = []

        init(from reader: inout JSONReader) throws(JSONError) {
            try reader.beginObject()
            while let key = try reader.nextKey() {
                switch key {
                case "version": name = try reader.string()
                case "resources":
                    for resource in try reader.decodeIfPresent([Resource].self) ?? [] {
                        resources += [resource.main] + resource.subresources
                    }
                default: try reader.skip()
                }
            }
        }
    }

    private struct Resource: JSONDecodable {
        var main = APIResource()
        var subresources: [APIResource] = []

        init(from reader: inout JSONReader) throws(JSONError) {
            var below: [Subresource] = []
            try reader.beginObject()
            while let key = try reader.nextKey() {
                switch key {
                case "resource": main.name = try reader.string()
                case "responseKind": main.kind = try reader.decodeIfPresent(ResponseKind.self)?.kind ?? ""
                case "scope": main.isNamespaced = try reader.string() == "Namespaced"
                case "singularResource": main.singularName = try reader.decodeIfPresent(String.self) ?? ""
                case "verbs": main.verbs = try reader.decodeIfPresent([String].self) ?? []
                case "shortNames": main.shortNames = try reader.decodeIfPresent([String].self) ?? []
                case "categories": main.categories = try reader.decodeIfPresent([String].self) ?? []
                case "subresources": below = try reader.decodeIfPresent([Subresource].self) ?? []
                default: try reader.skip()
                }
            }
            for one in below {
                var resource = APIResource()
                resource.name = "\(main.name)/\(one.name)"
                resource.kind = one.kind
                resource.isNamespaced = main.isNamespaced
                resource.verbs = one.verbs
                subresources.append(resource)
            }
        }
    }

    private struct Subresource: JSONDecodable {
        var name = ""
        var kind = ""
        var verbs: [String] = []

        init(from reader: inout JSONReader) throws(JSONError) {
            try reader.beginObject()
            while let key = try reader.nextKey() {
                switch key {
                case "subresource": name = try reader.string()
                case "responseKind": kind = try reader.decodeIfPresent(ResponseKind.self)?.kind ?? ""
                case "verbs": verbs = try reader.decodeIfPresent([String].self) ?? []
                default: try reader.skip()
                }
            }
        }
    }

    private struct ResponseKind: JSONDecodable {
        var kind = ""

        init(from reader: inout JSONReader) throws(JSONError) {
            try reader.beginObject()
            while let key = try reader.nextKey() {
                switch key {
                case "kind": kind = try reader.decodeIfPresent(String.self) ?? ""
                default: try reader.skip()
                }
            }
        }
    }
}
