package import JSON

extension DeleteOptions: JSONEncodable {
    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("apiVersion", "v1")
        writer.field("kind", "DeleteOptions")
        writer.field("gracePeriodSeconds", gracePeriodSeconds)
        if uid != nil || resourceVersion != nil {
            writer.key("preconditions")
            writer.beginObject()
            writer.field("uid", uid)
            writer.field("resourceVersion", resourceVersion)
            writer.endObject()
        }
        writer.field("propagationPolicy", propagation?.rawValue)
        if dryRun { writer.field("dryRun", ["All"]) }
        writer.endObject()
    }
}
