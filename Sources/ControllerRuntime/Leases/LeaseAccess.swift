internal import JSON
package import KubernetesClient
package import KubernetesModel
internal import Lifecycle
package import Primitives

/// One Lease on the API server, in the terms of the elector.
package struct LeaseAccess: Sendable {
    package let key: ObjectKey
    private let client: KubernetesClient
    private let timeout: Duration
    private let time: any TimeSource

    package init(key: ObjectKey, client: KubernetesClient, timeout: Duration, time: any TimeSource) {
        self.key = key
        self.client = client
        self.timeout = timeout
        self.time = time
    }

    /// `failed` hears why there is no answer.
    package func read(_ failed: (any Error) -> Void) async -> LeaseReadReply {
        do {
            return .present(LeaseRecord(try await bounded { try await client.get(Lease.self, key) }))
        } catch let error as KubernetesError where error.isNotFound {
            return .absent
        } catch {
            failed(error)
            return .failed
        }
    }

    package func create(_ spec: LeaseSpec, _ failed: (any Error) -> Void) async -> LeaseWriteReply {
        let lease = Lease(metadata: ObjectMeta(name: key.name, namespace: key.namespace), spec: spec)
        return await write(failed) { try await client.create(lease) }
    }

    /// A patch and not a replace: what others keep on the object stays, and the version in it is the precondition.
    package func update(
        _ spec: LeaseSpec, version: String, _ failed: (any Error) -> Void
    ) async -> LeaseWriteReply {
        var fields = spec.jsonValue()
        // A merge patch keeps what it does not name.
        if spec.holderIdentity == nil { fields["holderIdentity"] = .null }
        let patch: JSONValue = .object([
            "metadata": .object(["resourceVersion": .string(version)]), "spec": fields,
        ])
        return await write(failed) { try await client.patch(Lease.self, key, .merge(patch)) }
    }

    /// Tells of every state of the Lease, first of the present one, until the server ends the stream.
    package func watch(_ opened: () -> Void, _ each: (ElectorInput) -> Void) async throws(KubernetesError) {
        let options = WatchOptions(fieldSelector: "metadata.name=\(key.name)")
        let stream = try await client.watch(Lease.self, namespace: key.namespace, options: options)
        opened()
        var events = stream.makeAsyncIterator()
        while let event = try await events.next() {
            switch event {
            case .added(let lease), .modified(let lease): each(.seen(LeaseRecord(lease)))
            case .deleted(let lease): each(.seenGone(version: lease.metadata.resourceVersion))
            case .bookmark: break
            case .error: return
            }
        }
    }

    private func write(
        _ failed: (any Error) -> Void, _ body: @escaping @Sendable () async throws -> Lease
    ) async -> LeaseWriteReply {
        do {
            return .done(LeaseRecord(try await bounded(body)))
        } catch let error as KubernetesError where error.isConflict || error.isAlreadyExists {
            return .conflict
        } catch let error as KubernetesError where error.isNotFound {
            return .absent
        } catch {
            failed(error)
            return .failed
        }
    }

    private func bounded(_ body: @escaping @Sendable () async throws -> Lease) async throws -> Lease {
        try await withDeadline(timeout, time: time, body)
    }
}
