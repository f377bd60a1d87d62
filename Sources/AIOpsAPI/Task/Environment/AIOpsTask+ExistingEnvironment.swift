package import JSON

extension AIOpsTask {
    /// A namespace that is already there.
    ///
    /// The agent acts as the ServiceAccount or by the kubeconfig named here, never as the operator.
    package struct ExistingEnvironment: APIValue {
        package var namespace: String = ""
        package var serviceAccountName: String?
        package var kubeconfigSecretRef: SecretKeyReference?

        package init() {}
    }
}

extension AIOpsTask.ExistingEnvironment {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "namespace": try reader.read(&namespace)
            case "serviceAccountName": try reader.read(&serviceAccountName)
            case "kubeconfigSecretRef": try reader.read(&kubeconfigSecretRef)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("namespace", namespace)
        writer.field("serviceAccountName", serviceAccountName)
        writer.field("kubeconfigSecretRef", kubeconfigSecretRef)
        writer.endObject()
    }
}

extension AIOpsTask.ExistingEnvironment: SchemaDescribed {
    package static var schema: Schema {
        .object(
            """
            One that is there. The agent acts as this ServiceAccount or by this kubeconfig, never as \
            the operator.
            """,
            [
                .required("namespace", .text("The namespace to look at.", max: 63, min: 1, form: .dnsLabel)),
                .optional(
                    "serviceAccountName",
                    .text("ServiceAccount of the task's namespace to act as.", max: 253, form: .dnsSubdomain)),
                .optional(
                    "kubeconfigSecretRef",
                    SecretKeyReference.schema.described(
                        "With a kubeconfig of another cluster; key defaults to kubeconfig.")),
            ],
            rules: [.existingIdentity])
    }
}
