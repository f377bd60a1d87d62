package import JSON

/// A key of a Secret in the namespace of this object.
///
/// Its content is never copied.
package struct SecretKeyReference: APIValue {
    package var name: String = ""
    package var key: String?

    package init() {}
}

extension SecretKeyReference {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "name": try reader.read(&name)
            case "key": try reader.read(&key)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("name", name)
        writer.field("key", key)
        writer.endObject()
    }
}

extension SecretKeyReference: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "A key of a Secret in the namespace of this object. Its content is never copied.",
            [
                .required("name", .text("Name of the Secret.", max: 253, form: .dnsSubdomain)),
                .optional(
                    "key", .text("Key in it; each use says its default.", max: 253, form: .secretKey)),
            ])
    }
}
