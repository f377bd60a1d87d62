package import JSON

/// The ways to change a part of an object.
package enum Patch: Sendable {
    /// RFC 6902; a failing `test` makes the server refuse the whole with ``KubernetesError/Kind/invalid(_:)``.
    case json([JSONPatchOperation])
    /// RFC 7386; lists are replaced whole.
    case merge(JSONValue)
    /// Kubernetes' own merge, which joins lists by the key their kind declares; built-in kinds only, a custom one answers
    /// ``KubernetesError/Kind/unsupportedMediaType``.
    case strategic(JSONValue)
    /// Server-side apply: the value is all that the field manager wants, and what it no longer names is removed. With
    /// `force`, fields that another manager owns are taken over.
    case apply(JSONValue, force: Bool)

    var contentType: String {
        switch self {
        case .json: "application/json-patch+json"
        case .merge: "application/merge-patch+json"
        case .strategic: "application/strategic-merge-patch+json"
        // JSON is YAML.
        case .apply: "application/apply-patch+yaml"
        }
    }

    var body: [UInt8] {
        switch self {
        case .json(let operations): JSONPatch(operations).jsonBytes()
        case .merge(let value), .strategic(let value), .apply(let value, _): value.serialized()
        }
    }

    /// The same apply twice gives the same object; a JSON or merge patch may meet a change in between, unless it
    /// carries a test of its own.
    var repeatability: APIRequest.Repeatability {
        switch self {
        case .apply: .safe
        case .json(let operations):
            operations.contains(where: \.isVersionTest) ? .safe : .unsafe
        case .merge(let value), .strategic(let value):
            value["metadata"]?["resourceVersion"] != nil ? .safe : .unsafe
        }
    }
}

extension JSONPatchOperation {
    fileprivate var isVersionTest: Bool {
        if case .test("/metadata/resourceVersion", _) = self { true } else { false }
    }
}
