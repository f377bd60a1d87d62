import JSON
import KubernetesClient
import KubernetesModel

extension WriteOptions {
    static let tester = WriteOptions(fieldManager: "tester")
    static let dry = WriteOptions(fieldManager: "tester", dryRun: true)
    static func by(_ manager: String) -> WriteOptions { WriteOptions(fieldManager: manager) }
    static func validating(_ mode: FieldValidation) -> WriteOptions {
        WriteOptions(fieldManager: "tester", fieldValidation: mode)
    }
}

/// The steps that change something.
extension Subject {
    private func object(
        _ name: String, _ metadata: JSONObject, _ body: JSONObject, _ stage: Stage, _ references: References
    ) -> DynamicObject {
        var value: JSONValue = .object(body)
        let key = stage.key(name, type)
        var meta = metadata
        if !name.isEmpty { meta["name"] = .string(key.name) }
        if type.isNamespaced { meta["namespace"] = .string(key.namespace) }
        value["apiVersion"] = .string(type.apiVersion)
        value["kind"] = .string(type.kind)
        value["metadata"] = .object(meta)
        return DynamicObject(references.filled(value))
    }

    /// With the sample's content unless another is given; an empty name is left out.
    func create(
        _ name: String, _ metadata: JSONObject = [:], body: JSONObject? = nil, _ options: WriteOptions = .tester
    ) -> Step {
        Step("create \(self.name) \(name)") { stage, references throws(KubernetesError) in
            let object = object(name, metadata, body ?? sample, stage, references)
            _ = try await stage.client.createDynamic(type, object, options: options)
        }
    }

    /// Replaces the object by its newest state that was seen (or its first) after a merge.
    func update(
        _ name: String, _ change: JSONValue, fromFirst: Bool = false, status: Bool = false,
        _ options: WriteOptions = .tester
    ) -> Step {
        Step("update \(self.name) \(name)\(status ? "/status" : "")") { stage, references throws(KubernetesError) in
            let old = references.object(stage.key(name, type).name, first: fromFirst)
            try await replace(
                stage.client, JSONMergePatch.apply(references.filled(change), to: old), status, options)
        }
    }

    func merge(
        _ name: String, _ change: JSONValue, subresource: String? = nil, _ options: WriteOptions = .tester
    ) -> Step {
        patch(name, subresource, options) { .merge($0.filled(change)) }
    }

    func strategic(_ name: String, _ change: JSONValue) -> Step {
        patch(name, nil, .tester) { .strategic($0.filled(change)) }
    }

    func json(_ name: String, _ operations: [JSONPatchOperation], _ options: WriteOptions = .tester) -> Step {
        patch(name, nil, options) { references in
            .json(
                operations.map { operation in
                    guard case .test(let path, let value) = operation else { return operation }
                    return .test(path: path, references.filled(value))
                })
        }
    }

    func apply(
        _ name: String, _ metadata: JSONObject = [:], body: JSONObject, subresource: String? = nil,
        force: Bool = false, by manager: String
    ) -> Step {
        Step("apply \(self.name) \(name) by \(manager)") { stage, references throws(KubernetesError) in
            let object = object(name, metadata, body, stage, references)
            _ = try await stage.client.patchDynamic(
                type, stage.key(name, type), .apply(object.value, force: force), subresource: subresource,
                options: .by(manager))
        }
    }

    private func patch(
        _ name: String, _ subresource: String?, _ options: WriteOptions,
        _ patch: @escaping @Sendable (References) -> Patch
    ) -> Step {
        Step("patch \(self.name) \(name)\(subresource.map { "/" + $0 } ?? "")") {
            stage, references throws(KubernetesError) in
            _ = try await stage.client.patchDynamic(
                type, stage.key(name, type), patch(references), subresource: subresource, options: options)
        }
    }

    func scale(_ name: String, to replicas: Int64, at version: String? = nil) -> Step {
        Step("scale \(self.name) \(name)") { stage, references throws(KubernetesError) in
            _ = try await stage.client.setScale(
                type, stage.key(name, type), replicas: replicas, resourceVersion: version.map(references.filled),
                options: .tester)
        }
    }

    func delete(_ name: String, _ options: DeleteOptions = DeleteOptions()) -> Step {
        Step("delete \(self.name) \(name)") { stage, references throws(KubernetesError) in
            var options = options
            options.uid = options.uid.map(references.filled)
            options.resourceVersion = options.resourceVersion.map(references.filled)
            _ = try await stage.client.requestDeletion(type, stage.key(name, type), options)
        }
    }

    func deleteAll(_ selector: String, dryRun: Bool = false) -> Step {
        Step("delete every \(self.name) with \(selector)") { stage, _ throws(KubernetesError) in
            try await stage.client.deleteCollection(
                type, namespace: stage.namespace, selecting: ListOptions(labelSelector: selector),
                DeleteOptions(dryRun: dryRun))
        }
    }
}
