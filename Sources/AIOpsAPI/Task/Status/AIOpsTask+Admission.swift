package import JSON
package import Primitives

extension AIOpsTask {
    /// The spec as it was when the task was admitted: the run follows this copy, whatever is edited later.
    package struct Admission: APIValue {
        package var generation: Int64 = 0
        package var admittedAt: Timestamp?
        package var specSHA256: String = ""
        package var spec: String = ""
        package var pool: AdmittedPool?

        package init() {}
    }
}

extension AIOpsTask.Admission {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "generation": try reader.read(&generation)
            case "admittedAt": try reader.read(&admittedAt)
            case "specSHA256": try reader.read(&specSHA256)
            case "spec": try reader.read(&spec)
            case "pool": try reader.read(&pool)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("generation", generation)
        writer.field("admittedAt", admittedAt)
        writer.field("specSHA256", specSHA256)
        writer.field("spec", spec)
        writer.field("pool", pool)
        writer.endObject()
    }
}

extension AIOpsTask.Admission: SchemaDescribed {
    package static var schema: Schema {
        .object(
            """
            The spec as admitted: the run follows it, whatever is edited later.
            """,
            [
                .required("generation", .integer("Generation of the object at admission.", 0...9_000_000_000_000_000)),
                .optional("admittedAt", .timestamp("When it was admitted.")),
                .required("specSHA256", .text("SHA-256 of spec.", max: 64, form: .sha256)),
                .required("spec", .text("The spec as JSON text.", max: 196608)),
                .optional("pool", AIOpsTask.AdmittedPool.schema),
            ])
    }
}
