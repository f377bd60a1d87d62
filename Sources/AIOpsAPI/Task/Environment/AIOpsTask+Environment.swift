package import JSON

extension AIOpsTask {
    /// Where the application runs, and how long it stays.
    package struct Environment: APIValue {
        package var type: EnvironmentType?
        package var existing: ExistingEnvironment?
        package var kind: KindEnvironment?
        package var retention: Retention?
        package var podSecurity: PodSecurityDemand?
        package var requireNetworkIsolation: Bool?

        package init() {}
    }
}

extension AIOpsTask.Environment {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "type": try reader.read(&type)
            case "existing": try reader.read(&existing)
            case "kind": try reader.read(&kind)
            case "retention": try reader.read(&retention)
            case "podSecurity": try reader.read(&podSecurity)
            case "requireNetworkIsolation": try reader.read(&requireNetworkIsolation)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("type", type)
        writer.field("existing", existing)
        writer.field("kind", kind)
        writer.field("retention", retention)
        writer.field("podSecurity", podSecurity)
        writer.field("requireNetworkIsolation", requireNetworkIsolation)
        writer.endObject()
    }
}

extension AIOpsTask.Environment: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "Where the application runs, and how long it stays.",
            [
                .optional("type", .oneOf("Default: that of the pool, else Namespace.", EnvironmentType.self)),
                .optional("existing", AIOpsTask.ExistingEnvironment.schema),
                .optional("kind", AIOpsTask.KindEnvironment.schema),
                .optional("retention", AIOpsTask.Retention.schema),
                .optional(
                    "podSecurity",
                    .oneOf(
                        "Required: only where Pod Security is enforced; default Preferred.",
                        PodSecurityDemand.self)),
                .optional(
                    "requireNetworkIsolation", .boolean("Run only where NetworkPolicy is proved to be enforced.")),
            ],
            rules: [.existingNeedsSettings, .kindSettingsNeedKind])
    }
}
