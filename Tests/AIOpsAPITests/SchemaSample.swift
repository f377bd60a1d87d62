import AIOpsAPI
import JSON
import KubernetesModel

/// A value that fills every field a schema has, within its bounds.
enum SchemaSample {
    static func value(of schema: Schema) -> JSONValue {
        switch schema.shape {
        case .text(let bounds): .string(bounds.values.last ?? text(of: bounds.form))
        case .integer(let range): .integer(range.upperBound)
        case .boolean: true
        case .object(let properties):
            .object(
                properties.reduce(into: JSONObject()) { object, property in
                    object[property.name] = value(of: property.schema)
                })
        case .list(let element, _, _): .array([value(of: element)])
        case .map(let element, _): .object(["some.key": value(of: element)])
        }
    }

    private static func text(of form: TextForm?) -> String {
        switch form {
        case nil: "Some text, 1"
        case .decimal: "0.25"
        case .httpURL: "https://models.example:8443/v1"
        case .path: "/health"
        case .quantity: "64Mi"
        case .currency: "USD"
        case .sha256: String(repeating: "a1", count: 32)
        case .reason: "Completed"
        case .dateTime: "2026-11-20T10:28:00Z"
        case .dnsLabel, .dnsSubdomain, .secretKey, .identifier, .problemID, .glob, .modelName, .toolName, .image: "some"
        }
    }

    /// A whole object of a kind with every field set.
    static func object(of resource: CustomResource) -> JSONValue {
        var object = value(of: resource.root)
        object["apiVersion"] = .string(resource.type.apiVersion)
        object["kind"] = .string(resource.type.kind)
        object["metadata"] = ["name": "sample", "namespace": "default", "generation": 3]
        return object
    }
}
