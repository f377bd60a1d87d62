import JSON

/// How much of an object an answer shows: all of it, or its metadata alone, as the `Accept` header asks.
enum ObjectForm: Sendable {
    case whole, metadata

    init(accept: String) {
        let parameters = accept.utf8.split(separator: UInt8(ascii: ";")).dropFirst()
        let isMetadata = parameters.contains { $0.starts(with: "as=PartialObjectMetadata".utf8) }
        self = isMetadata ? .metadata : .whole
    }

    func shown(_ object: JSONValue) -> JSONValue {
        guard self == .metadata else { return object }
        return [
            "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"] ?? [:],
        ]
    }
}
