package import JSON

extension AIOpsTask {
    /// The pool that admitted the task, and what the run takes from it: its copy, whatever is edited later.
    package struct AdmittedPool: APIValue {
        package var namespace: String = ""
        package var name: String = ""
        package var defaultsSHA256: String = ""
        package var defaults: String = ""

        package init() {}
    }
}

extension AIOpsTask.AdmittedPool {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "namespace": try reader.read(&namespace)
            case "name": try reader.read(&name)
            case "defaultsSHA256": try reader.read(&defaultsSHA256)
            case "defaults": try reader.read(&defaults)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("namespace", namespace)
        writer.field("name", name)
        writer.field("defaultsSHA256", defaultsSHA256)
        writer.field("defaults", defaults)
        writer.endObject()
    }
}

extension AIOpsTask.AdmittedPool: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "The pool that admitted it.",
            [
                .required("namespace", .text("Its namespace.", max: 63, form: .dnsLabel)),
                .required("name", .text("Its name.", max: 253, form: .dnsSubdomain)),
                .required("defaultsSHA256", .text("SHA-256 of defaults.", max: 64, form: .sha256)),
                .required(
                    "defaults",
                    .text("Its model, environment and route settings as JSON.", max: 131072)),
            ])
    }
}
