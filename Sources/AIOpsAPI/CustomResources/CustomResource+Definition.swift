package import JSON
import KubernetesModel

extension CustomResource {
    /// File name of the definition, as controller tools name it.
    package var fileName: String { "\(APIGroup.name)_\(type.plural).yaml" }

    /// The CustomResourceDefinition for servers of this dialect.
    package func definition(_ dialect: Schema.Dialect) -> JSONValue {
        [
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": [
                "name": .string("\(type.plural).\(APIGroup.name)"),
                "labels": ["app.kubernetes.io/name": "aiops-operator"],
            ],
            "spec": [
                "group": .string(APIGroup.name),
                "names": [
                    "kind": .string(type.kind),
                    "listKind": .string("\(type.kind)List"),
                    "plural": .string(type.plural),
                    "singular": .string(type.kind.lowercased()),
                    "shortNames": [.string(shortName)],
                    "categories": [.string(APIGroup.category)],
                ],
                "scope": "Namespaced",
                "versions": [.object(version(dialect))],
            ],
        ]
    }

    private func version(_ dialect: Schema.Dialect) -> JSONObject {
        var version: JSONObject = [
            "name": .string(APIGroup.version),
            "served": true,
            "storage": true,
            "subresources": .object(subresources),
            "additionalPrinterColumns": .array(columns.map(\.definition)),
        ]
        if dialect == .current, !selectableFields.isEmpty {
            version["selectableFields"] = .array(selectableFields.map { ["jsonPath": .string($0)] })
        }
        version["schema"] = ["openAPIV3Schema": wholeObject(dialect)]
        return version
    }

    private var subresources: JSONObject {
        var result: JSONObject = ["status": [:]]
        if let scale {
            result["scale"] = [
                "specReplicasPath": .string(scale.specReplicas),
                "statusReplicasPath": .string(scale.statusReplicas),
                "labelSelectorPath": .string(scale.selector),
            ]
        }
        return result
    }

    /// The root schema with the three members every object has; the server owns their bounds.
    private func wholeObject(_ dialect: Schema.Dialect) -> JSONValue {
        var schema = root.openAPI(dialect)
        var properties: JSONObject = [
            "apiVersion": ["type": "string"], "kind": ["type": "string"], "metadata": ["type": "object"],
        ]
        for (name, value) in schema["properties"]?.objectValue ?? [:] { properties[name] = value }
        schema["properties"] = .object(properties)
        return schema
    }
}

extension CustomResource.Column {
    fileprivate var definition: JSONValue {
        var result: JSONObject = [
            "name": .string(name), "type": .string(type.rawValue), "jsonPath": .string(path),
            "description": .string(documentation),
        ]
        if isWide { result["priority"] = 1 }
        return .object(result)
    }
}
