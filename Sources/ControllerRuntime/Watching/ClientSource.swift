package import KubernetesClient
package import KubernetesModel

/// One kind on the API server, all of it or the part that a namespace and a label selector leave.
package struct ClientSource<R: KubernetesObject>: ResourceSource {
    private let client: KubernetesClient
    private let namespace: String?
    private let labelSelector: String?

    /// A nil namespace means all of them.
    package init(client: KubernetesClient, namespace: String? = nil, labelSelector: String? = nil) {
        self.client = client
        self.namespace = namespace
        self.labelSelector = labelSelector
    }

    package func list(_ basis: ListBasis) async throws(WatchFailure) -> (items: [R], version: String) {
        var options = ListOptions(labelSelector: labelSelector)
        if case .notOlderThan(let version) = basis {
            options.resourceVersion = version
            options.versionMatch = .notOlderThan
        }
        do throws(KubernetesError) {
            let list = try await client.list(R.self, namespace: namespace, options: options)
            return (list.items, list.resourceVersion)
        } catch {
            throw WatchFailure(error)
        }
    }

    package func watch(
        from version: String, serverTimeout: Duration, each: (WatchNotice<R>) async -> Bool
    ) async throws(WatchFailure) {
        let options = WatchOptions(
            resourceVersion: version, labelSelector: labelSelector,
            timeoutSeconds: Int(serverTimeout.components.seconds))
        do throws(KubernetesError) {
            let stream = try await client.watch(R.self, namespace: namespace, options: options)
            var events = stream.makeAsyncIterator()
            while let event = try await events.next() {
                guard await each(WatchNotice(event)) else { return }
            }
        } catch {
            throw WatchFailure(error)
        }
    }

    /// A list of one: unlike a plain get it respects the selector, so that nothing outside the cache's part gets in.
    package func get(_ key: ObjectKey) async throws(WatchFailure) -> R? {
        guard covers(key) else { return nil }
        let options = ListOptions(labelSelector: labelSelector, fieldSelector: "metadata.name=\(key.name)")
        do throws(KubernetesError) {
            let scope = key.namespace.isEmpty ? nil : key.namespace
            return try await client.list(R.self, namespace: scope, options: options).items.first
        } catch {
            throw WatchFailure(error)
        }
    }

    package func covers(_ key: ObjectKey) -> Bool { namespace.map { $0.isEmpty || $0 == key.namespace } ?? true }
}

extension WatchNotice {
    init(_ event: WatchEvent<R>) {
        self =
            switch event {
            case .added(let object), .modified(let object): .upsert(object)
            case .deleted(let object): .delete(object)
            case .bookmark(let version, _): .bookmark(version)
            case .error(let status): .failure(WatchFailure(status))
            }
    }
}

extension WatchFailure {
    init(_ error: KubernetesError) {
        switch error.kind {
        // To a list, "too large" means the same as "expired": this version cannot be had, so ask for the latest.
        case .expired: self = .expired
        case _ where error.isResourceVersionTooLarge: self = .expired
        case .tooManyRequests(let wait): self = .throttled(retryAfter: wait ?? error.retryAfter)
        default: self = .failed(error.description)
        }
    }

    init(_ status: Status) {
        switch (status.code, status.reason) {
        case (410, _), (_, "Expired"), (_, "Gone"): self = .expired
        case (429, _):
            self = .throttled(retryAfter: status.details?.retryAfterSeconds.map { .seconds($0) })
        default: self = .failed("\(status.code) \(status.reason): \(status.message)")
        }
    }
}
