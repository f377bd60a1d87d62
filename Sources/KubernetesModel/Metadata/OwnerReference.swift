package import JSON

/// Points from a dependent to its owner; the garbage collector follows `uid`, never the name.
package struct OwnerReference: Sendable, Hashable, JSONDecodable, JSONEncodable {
    package var apiVersion: String
    package var kind: String
    package var name: String
    package var uid: String
    package var controller: Bool?
    package var blockOwnerDeletion: Bool?

    package init(
        apiVersion: String, kind: String, name: String, uid: String,
        controller: Bool? = nil, blockOwnerDeletion: Bool? = nil
    ) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.name = name
        self.uid = uid
        self.controller = controller
        self.blockOwnerDeletion = blockOwnerDeletion
    }

    /// The reference a child carries to be collected with `owner` and found by its controller.
    package init(controller owner: some KubernetesObject) {
        let type = Swift.type(of: owner).resourceType
        self.init(
            apiVersion: type.apiVersion, kind: type.kind, name: owner.metadata.name, uid: owner.metadata.uid,
            controller: true, blockOwnerDeletion: true)
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(apiVersion: "", kind: "", name: "", uid: "")
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "apiVersion": apiVersion = try reader.string()
            case "kind": kind = try reader.string()
            case "name": name = try reader.string()
            case "uid": uid = try reader.string()
            case "controller": controller = try reader.decodeIfPresent(Bool.self)
            case "blockOwnerDeletion": blockOwnerDeletion = try reader.decodeIfPresent(Bool.self)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("apiVersion", apiVersion)
        writer.field("kind", kind)
        writer.field("name", name)
        writer.field("uid", uid)
        writer.field("controller", controller)
        writer.field("blockOwnerDeletion", blockOwnerDeletion)
        writer.endObject()
    }
}
