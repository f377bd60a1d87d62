internal import JSON
package import KubernetesClient
package import KubernetesModel
internal import Primitives
package import Telemetry

/// The one place that writes: adds preconditions, the field manager, the numbers and the crash point.
package struct IntentExecutor: Sendable {
    /// Called after each write that the server has performed and before anybody here knows of it: where a crash hurts
    /// most.
    ///
    /// The number counts the writes of the process, from 1.
    package typealias CrashPoint = @Sendable (Int, Intent) async -> Void

    private let writer: any ObjectWriter
    private let options: WriteOptions
    private let crashPoint: CrashPoint?
    private let writes: Counter?
    private let performed = Locked(0)

    /// `kinds` are those whose objects it will write: their numbers begin at 0.
    package init(
        writer: any ObjectWriter, fieldManager: String = "aiops-operator", kinds: [ResourceType] = [],
        metrics: MetricsRegistry? = nil, crashPoint: CrashPoint? = nil
    ) {
        self.writer = writer
        options = WriteOptions(fieldManager: fieldManager)
        self.crashPoint = crashPoint
        writes = metrics?.counter(
            "controller_intents_total", "Writes asked for by reconcilers.", labels: ["verb", "resource", "result"])
        for kind in kinds {
            for verb in Intent.verbs {
                for result in ["success", "conflict", "error"] { writes?.initialize([verb, "\(kind)", result]) }
            }
        }
    }

    /// Performs the intents in order and stops at the first that fails; those before it stay done.
    ///
    /// `recording` hears of each write as soon as it is done, so that nothing is lost when a later one fails.
    @discardableResult
    package func execute(
        _ intents: [Intent], recording: (WrittenObject) -> Void = { _ in }
    ) async throws(KubernetesError) -> [WrittenObject] {
        var written: [WrittenObject] = []
        for intent in intents {
            do throws(KubernetesError) {
                guard let object = try await perform(intent) else { continue }
                recording(object)
                written.append(object)
                writes?.add([intent.verb, "\(intent.type)", "success"])
            } catch {
                writes?.add([intent.verb, "\(intent.type)", error.isConflict ? "conflict" : "error"])
                throw error
            }
        }
        return written
    }

    /// Nil when there was nothing to do.
    private func perform(_ intent: Intent) async throws(KubernetesError) -> WrittenObject? {
        let receipt: WriteReceipt
        switch intent {
        case .create(let type, let manifest):
            receipt = try await writer.create(type, manifest, options: options)
        case .jsonPatch(let type, let key, let uid, let operations, let subresource):
            let patch = Patch.json([.test(path: "/metadata/uid", .string(uid))] + operations)
            do throws(KubernetesError) {
                receipt = try await writer.patch(type, key, patch, subresource: subresource, options: options)
            } catch {
                throw Self.conflictIfTestFailed(error)
            }
        case .mergePatch(let type, let key, let uid, let resourceVersion, let value, let subresource):
            var preconditions: JSONObject = ["uid": .string(uid)]
            if let resourceVersion { preconditions["resourceVersion"] = .string(resourceVersion) }
            let patch = JSONMergePatch.apply(.object(["metadata": .object(preconditions)]), to: value)
            receipt = try await writer.patch(
                type, key, .merge(patch), subresource: subresource, options: options)
        case .apply(let type, let key, let uid, let value, let subresource, let force):
            let patch = Patch.apply(Self.identified(value, type, key, uid), force: force)
            receipt = try await writer.patch(type, key, patch, subresource: subresource, options: options)
        case .delete(let type, let key, let uid, let resourceVersion, let propagation):
            return try await delete(intent, type, key, uid, resourceVersion, propagation)
        }
        await passCrashPoint(intent)
        return WrittenObject(
            type: intent.type, key: intent.key, uid: receipt.uid, resourceVersion: receipt.resourceVersion,
            isGone: receipt.isGone)
    }

    private func delete(
        _ intent: Intent, _ type: ResourceType, _ key: ObjectKey, _ uid: String, _ resourceVersion: String?,
        _ propagation: DeleteOptions.Propagation
    ) async throws(KubernetesError) -> WrittenObject? {
        let options = DeleteOptions(uid: uid, resourceVersion: resourceVersion, propagation: propagation)
        do throws(KubernetesError) {
            try await writer.delete(type, key, options)
        } catch {
            // Gone, or replaced by another object: the one that was meant no longer exists. With a version in the
            // preconditions a conflict may also mean that it has changed, which the caller must look at.
            guard error.isNotFound || (error.isConflict && resourceVersion == nil) else { throw error }
            return nil
        }
        await passCrashPoint(intent)
        return WrittenObject(type: type, key: key, uid: uid, resourceVersion: nil)
    }

    private func passCrashPoint(_ intent: Intent) async {
        let number = performed.withLock { count in
            count += 1
            return count
        }
        await crashPoint?(number, intent)
    }

    /// Server-side apply needs the identity in the body; the uid in it is a precondition.
    private static func identified(
        _ value: JSONValue, _ type: ResourceType, _ key: ObjectKey, _ uid: String?
    ) -> JSONValue {
        var metadata: JSONObject = ["name": .string(key.name)]
        if !key.namespace.isEmpty { metadata["namespace"] = .string(key.namespace) }
        if let uid { metadata["uid"] = .string(uid) }
        let identity: JSONValue = .object([
            "apiVersion": .string(type.apiVersion), "kind": .string(type.kind), "metadata": .object(metadata),
        ])
        return JSONMergePatch.apply(identity, to: value)
    }

    /// The server answers a failed test as it answers an invalid object, but without naming a field.
    private static func conflictIfTestFailed(_ error: KubernetesError) -> KubernetesError {
        guard case .invalid(let details) = error.kind, details.causes.isEmpty else { return error }
        return KubernetesError(error.operation, .conflict, status: error.status)
    }
}
