package import KubernetesClient
package import KubernetesModel

/// One kind on the API server, all of it or the part that a namespace and a label selector leave.
package struct ClientSource<R: KubernetesObject>: ResourceSource {
    private let client: KubernetesClient
    private let namespace: String?
    private let labelSelector: String?
    private let pageSize: Int

    /// A nil namespace means all of them; the page size is for lists that are read from what is stored.
    package init(
        client: KubernetesClient, namespace: String? = nil, labelSelector: String? = nil, pageSize: Int = 500
    ) {
        self.client = client
        self.namespace = namespace
        self.labelSelector = labelSelector
        self.pageSize = pageSize
    }

    package func list(
        _ basis: ListBasis, each: @escaping @Sendable (ListPiece<R>) -> Void
    ) async throws(WatchFailure) -> String {
        var options = ListOptions(labelSelector: labelSelector, pageSize: pageSize)
        if case .notOlderThan(let version) = basis {
            options.resourceVersion = version
            options.versionMatch = .notOlderThan
        }
        do throws(KubernetesError) {
            return try await client.streamList(R.self, namespace: namespace, options: options) { object in
                each(object.map(ListPiece.object) ?? .startOver)
            }
        } catch {
            throw WatchFailure(error)
        }
    }

    package func watch(
        _ start: WatchStart, serverTimeout: Duration, each: @escaping @Sendable (WatchNotice<R>) async -> Bool
    ) async throws(WatchFailure) {
        var options = WatchOptions(
            labelSelector: labelSelector, timeoutSeconds: Int(serverTimeout.components.seconds))
        switch start {
        case .after(let version): options.resourceVersion = version
        case .everything(let basis):
            options.sendInitialEvents = true
            if case .notOlderThan(let version) = basis { options.resourceVersion = version }
        }
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

    package func latestVersion() async throws(WatchFailure) -> String {
        // A page of one: only the version of the collection is wanted, and a page is read from what is stored now.
        let options = ListOptions(labelSelector: labelSelector, pageSize: 1)
        do throws(KubernetesError) {
            return try await client.listVersion(R.resourceType, namespace: namespace, options: options)
        } catch {
            throw WatchFailure(error)
        }
    }

    /// A list of one: unlike a plain get it respects the selector, so that nothing outside the cache's part gets in.
    package func get(_ key: ObjectKey) async throws(WatchFailure) -> (object: R?, version: String) {
        guard covers(key) else { return (nil, "") }
        let options = ListOptions(labelSelector: labelSelector, fieldSelector: "metadata.name=\(key.name)")
        do throws(KubernetesError) {
            let scope = key.namespace.isEmpty ? nil : key.namespace
            let found = try await client.list(R.self, namespace: scope, options: options)
            return (found.items.first, found.resourceVersion)
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
            case .bookmark(let version, let ends): .bookmark(version, endsInitialEvents: ends)
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
        // A server that starts, or a proxy before one that is down, and says when to come back.
        case .unavailable where error.retryAfter != nil, .serverTimeout where error.retryAfter != nil:
            self = .throttled(retryAfter: error.retryAfter)
        case .invalid, .notFound, .badRequest: self = .refused(error.description)
        default: self = .failed(error.description)
        }
    }

    /// What a stream says before it ends.
    package init(_ status: Status) {
        let wait: Duration? = status.details?.retryAfterSeconds.map { .seconds($0) }
        switch (status.code, status.reason) {
        case (410, _), (_, "Expired"), (_, "Gone"): self = .expired
        case (429, _): self = .throttled(retryAfter: wait)
        case _ where status.message.contains("Too large resource version"): self = .expired
        case (503, _) where wait != nil, (504, _) where wait != nil: self = .throttled(retryAfter: wait)
        default: self = .failed("\(status.code) \(status.reason): \(status.message)")
        }
    }
}
