package import JSON

extension AIOpsTask {
    /// A benchmark problem from the catalogue.
    package struct ProblemWork: APIValue {
        package var id: String = ""
        package var parameters: [String: String]?

        package init() {}
    }
}

extension AIOpsTask.ProblemWork {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "id": try reader.read(&id)
            case "parameters": try reader.read(&parameters)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("id", id)
        writer.field("parameters", parameters)
        writer.endObject()
    }
}

extension AIOpsTask.ProblemWork: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "A benchmark problem from the catalogue.",
            [
                .required(
                    "id",
                    .text(
                        "Id from the catalogue, like shop_lite_target_port-misconfig-detection-1.", max: 253,
                        min: 1, form: .problemID)),
                .optional(
                    "parameters",
                    .map(
                        "The problem's parameters, as the catalogue has them.",
                        of: .text("One value.", max: 1024), max: 32)),
            ])
    }
}
