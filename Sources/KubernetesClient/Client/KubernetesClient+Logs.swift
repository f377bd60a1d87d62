package import KubernetesModel

/// Which part of a container's log to read.
package struct LogOptions: Sendable, Hashable {
    /// May be nil when the pod has one container.
    package var container: String?
    package var tailLines: Int?
    package var sinceSeconds: Int?
    /// The run before the last restart.
    package var previous: Bool
    /// The server stops after so many bytes, in the middle of a line if need be.
    package var limitBytes: Int

    package init(
        container: String? = nil, tailLines: Int? = nil, sinceSeconds: Int? = nil, previous: Bool = false,
        limitBytes: Int = 1 << 20
    ) {
        self.container = container
        self.tailLines = tailLines
        self.sinceSeconds = sinceSeconds
        self.previous = previous
        self.limitBytes = limitBytes
    }

    fileprivate var query: [(String, String)] {
        var query: [(String, String)] = []
        if let container { query.append(("container", container)) }
        if let tailLines { query.append(("tailLines", String(tailLines))) }
        if let sinceSeconds { query.append(("sinceSeconds", String(sinceSeconds))) }
        if previous { query.append(("previous", "true")) }
        query.append(("limitBytes", String(limitBytes)))
        return query
    }
}

extension KubernetesClient {
    /// The log as the kubelet has it now; what the container writes is not always UTF-8.
    package func logs(_ pod: ObjectKey, _ options: LogOptions = LogOptions()) async throws(KubernetesError) -> [UInt8] {
        try await sender.bytes(
            APIRequest(
                operation: Operation(verb: "get", resource: .pods, key: pod, subresource: "log"), method: "GET",
                path: ResourceType.pods.path(namespace: pod.namespace, name: pod.name, subresource: "log"),
                query: options.query, accept: "*/*", repeatability: .safe,
                // Some kubelets go over the limit by a line's worth.
                responseLimit: options.limitBytes + (1 << 16)))
    }
}
