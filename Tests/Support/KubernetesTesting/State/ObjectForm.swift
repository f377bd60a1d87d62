import JSON

/// How much of an object an answer shows: all of it, or its metadata alone, as the `Accept` header asks.
enum ObjectForm: Sendable {
    case whole, metadata

    init(accept: String) {
        self = accept.contains("as=PartialObjectMetadata") ? .metadata : .whole
    }

    func shown(_ object: JSONValue) -> JSONValue {
        guard self == .metadata else { return object }
        return [
            "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"] ?? [:],
        ]
    }
}
