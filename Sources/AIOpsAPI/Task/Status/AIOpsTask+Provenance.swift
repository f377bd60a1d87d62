package import JSON

extension AIOpsTask {
    /// What the result was made with.
    package struct Provenance: APIValue {
        package var operatorVersion: String?
        package var problemRevision: String?
        package var model: String?
        package var seed: Int64?
        package var images: [String] = []

        package init() {}
    }
}

extension AIOpsTask.Provenance {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "operatorVersion": try reader.read(&operatorVersion)
            case "problemRevision": try reader.read(&problemRevision)
            case "model": try reader.read(&model)
            case "seed": try reader.read(&seed)
            case "images": try reader.read(&images)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("operatorVersion", operatorVersion)
        writer.field("problemRevision", problemRevision)
        writer.field("model", model)
        writer.field("seed", seed)
        writer.field("images", nonEmpty: images)
        writer.endObject()
    }
}

extension AIOpsTask.Provenance: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "What the result was made with.",
            [
                .optional("operatorVersion", .text("Version of the operator.", max: 128)),
                .optional("problemRevision", .text("Revision of the problem in the catalogue.", max: 128)),
                .optional("model", .text("Model that was asked.", max: 253)),
                .optional("seed", .integer("Seed of the run.", 0...2147483647)),
                .optional(
                    "images",
                    .list(
                        "Images that ran, by digest where known.", of: .text("An image.", max: 512), max: 32,
                        kind: .atomic)),
            ])
    }
}
