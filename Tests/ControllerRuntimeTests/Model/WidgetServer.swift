import ControllerRuntime
import JSON
import KubernetesClient
import KubernetesModel
import Primitives

/// An API server for widgets: lists, watches whose news a test can hold back, and writes with preconditions.
final class WidgetServer: ResourceSource, ObjectWriter {
    private struct State {
        var history = WidgetHistory()
        var isHeldBack = false
        var writes: [String] = []
        var failures: [KubernetesError.Kind] = []
    }

    private let state = Locked(State())
    private let news = Wakeup()

    var objects: [ObjectKey: Widget] { state.withLock { $0.history.objects } }
    var writes: [String] { state.withLock { $0.writes } }

    func change(_ body: (inout WidgetHistory) -> Void) {
        state.withLock { body(&$0.history) }
        news.ring()
    }

    /// While held back, watches stay silent, as a slow API server's do.
    func holdBack(_ isHeldBack: Bool) {
        state.withLock { $0.isHeldBack = isHeldBack }
        news.ring()
    }

    func failNextWrites(with kinds: [KubernetesError.Kind]) { state.withLock { $0.failures = kinds } }

    // MARK: Reads

    func list(_ basis: ListBasis) async throws(WatchFailure) -> (items: [Widget], version: String) {
        state.withLock { (Array($0.history.objects.values), String($0.history.version)) }
    }

    func watch(
        from version: String, serverTimeout: Duration, each: (WatchNotice<Widget>) async -> Bool
    ) async throws(WatchFailure) {
        var position = Int(version) ?? 0
        while !Task.isCancelled {
            let events = state.withLock { $0.isHeldBack ? [] : $0.history.events(after: position) }
            guard let events else { throw .expired }
            for event in events {
                position = event.version
                guard await each(event.notice) else { return }
            }
            if events.isEmpty { await news.wait() }
        }
    }

    func covers(_ key: ObjectKey) -> Bool { true }

    func get(_ key: ObjectKey) async throws(WatchFailure) -> Widget? { objects[key] }

    // MARK: Writes

    func createDynamic(
        _ type: ResourceType, _ object: DynamicObject, options: WriteOptions
    ) async throws(KubernetesError) -> DynamicObject {
        try write("create", type, object.key) { history throws(KubernetesError) in
            guard history.objects[object.key] == nil else {
                throw KubernetesError(Operation(verb: "create", resource: type, key: object.key), .alreadyExists)
            }
            history.put(object.key.name, namespace: object.key.namespace, size: object.value["size"]?.integerValue ?? 0)
        }
    }

    func patchDynamic(
        _ type: ResourceType, _ key: ObjectKey, _ patch: Patch, subresource: String?, options: WriteOptions
    ) async throws(KubernetesError) -> DynamicObject {
        try write("patch", type, key) { history throws(KubernetesError) in
            let operation = Operation(verb: "patch", resource: type, key: key)
            guard let widget = history.objects[key] else { throw KubernetesError(operation, .notFound) }
            switch patch {
            case .merge(let value), .strategic(let value), .apply(let value, _):
                if let uid = value["metadata"]?["uid"]?.stringValue, uid != widget.metadata.uid {
                    throw KubernetesError(operation, .conflict)
                }
                if let version = value["metadata"]?["resourceVersion"]?.stringValue,
                    version != widget.metadata.resourceVersion
                {
                    throw KubernetesError(operation, .conflict)
                }
                history.put(key.name, namespace: key.namespace, size: value["size"]?.integerValue ?? widget.size)
            case .json(let operations):
                do throws(JSONError) {
                    let changed = try JSONPatch(operations).apply(to: widget.jsonValue())
                    history.put(key.name, namespace: key.namespace, size: changed["size"]?.integerValue ?? widget.size)
                } catch {
                    throw KubernetesError(operation, .invalid(StatusDetails()))
                }
            }
        }
    }

    func delete(_ type: ResourceType, _ key: ObjectKey, _ options: DeleteOptions) async throws(KubernetesError) {
        _ = try write("delete", type, key) { history throws(KubernetesError) in
            let operation = Operation(verb: "delete", resource: type, key: key)
            guard let widget = history.objects[key] else { throw KubernetesError(operation, .notFound) }
            guard options.uid == nil || options.uid == widget.metadata.uid else {
                throw KubernetesError(operation, .conflict)
            }
            history.remove(key.name, namespace: key.namespace)
        }
    }

    private func write(
        _ verb: String, _ type: ResourceType, _ key: ObjectKey,
        _ body: (inout WidgetHistory) throws(KubernetesError) -> Void
    ) throws(KubernetesError) -> DynamicObject {
        let result = try state.withLock { state throws(KubernetesError) -> DynamicObject in
            if !state.failures.isEmpty {
                throw KubernetesError(
                    Operation(verb: verb, resource: type, key: key), state.failures.removeFirst())
            }
            // Events are written through the same door and are no widgets.
            guard type == Widget.resourceType else {
                state.writes.append("\(verb) \(type)")
                return DynamicObject(["metadata": ["name": .string(key.name)]])
            }
            try body(&state.history)
            state.writes.append("\(verb) \(key.name)")
            return state.history.objects[key]?.dynamic() ?? DynamicObject([:])
        }
        news.ring()
        return result
    }
}
