import JSON
import KubernetesClient
import KubernetesModel

/// When enough of a watch was seen.
enum WatchEnd: Sendable {
    /// An event about the object of this name.
    case object(String)
    /// The bookmark behind the initial events.
    case initialEvents
    /// The server's own end of it.
    case connection

    fileprivate func isReached<Object>(by event: WatchEvent<Object>, name: (Object) -> String) -> Bool {
        switch (self, event) {
        case (.object(let wanted), .added(let object)), (.object(let wanted), .modified(let object)),
            (.object(let wanted), .deleted(let object)):
            name(object) == wanted
        case (.initialEvents, .bookmark(_, endsInitialEvents: true)): true
        default: false
        }
    }
}

extension Subject {
    /// From the version of the last list unless another is given.
    func watch(_ options: WatchOptions = WatchOptions(resourceVersion: "$list"), until end: WatchEnd) -> Step {
        Step(watch: "watch \(name)") { stage, references throws(KubernetesError) in
            let stream = try await stage.client.watchDynamic(
                type, namespace: stage.namespace, options: filled(options, references))
            if case .connection = end { stage.endWatches() }
            var count = 0
            for try await event in stream {
                count += 1
                if end.isReached(by: event, name: { $0.metadata.name }) { break }
            }
            return count
        }
    }

    func watchMetadata(until end: WatchEnd) -> Step {
        Step(watch: "watch metadata of \(name)") { stage, references throws(KubernetesError) in
            let options = WatchOptions(resourceVersion: "$list")
            let stream = try await stage.client.watchMetadata(
                type, namespace: stage.namespace, options: filled(options, references))
            var count = 0
            for try await event in stream {
                count += 1
                if end.isReached(by: event, name: { $0.metadata.name }) { break }
            }
            return count
        }
    }

    private func filled(_ options: WatchOptions, _ references: References) -> WatchOptions {
        var options = options
        options.resourceVersion = references.filled(options.resourceVersion)
        options.timeoutSeconds = options.timeoutSeconds ?? 60
        return options
    }
}
