import ControllerRuntime
import JSON
import KubernetesClient
import KubernetesModel
import Primitives

/// An API server for widgets: lists, watches whose news a test can hold back, and writes with preconditions.
final class WidgetServer: ResourceSource, ObjectWriter {
    /// How the server takes a wish for a streaming list.
    enum Streaming: CaseIterable {
        case serves, refuses
        /// Sends what there is and what comes, and never the mark.
        case ignores
        /// Bookmarks come, but none with the mark.
        case bookmarksWithoutMark
    }

    private struct State {
        var history = WidgetHistory()
        var isHeldBack = false
        var streaming = Streaming.serves
        var requests: [String] = []
        var listFailures: [WatchFailure] = []
        /// Cuts the open stream.
        var cut: WatchFailure?
        var isCut = false
        var owesBookmark = false
        var delivered = 0
        var onInitialEvent: (@Sendable () -> Void)?
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

    func stream(_ streaming: Streaming) { state.withLock { $0.streaming = streaming } }

    /// The next lists, streaming or not, and reads of the version fail so.
    func failNextLists(with failures: [WatchFailure]) { state.withLock { $0.listFailures = failures } }

    /// Ends the open stream, in order or not.
    func cutStream(_ failure: WatchFailure? = nil) {
        state.withLock { state in
            state.cut = failure
            state.isCut = true
        }
        news.ring()
    }

    /// Tells the open stream that nothing else has happened up to now.
    func sendBookmark() {
        state.withLock { $0.owesBookmark = true }
        news.ring()
    }

    /// Called after each object of a streaming list has been taken.
    func onInitialEvent(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.onInitialEvent = body } }

    /// How many events of watches have been taken.
    var delivered: Int { state.withLock { $0.delivered } }

    /// The reads as the server got them: "list latest", "stream >=9", "watch >9", "version", "get x".
    var requests: [String] { state.withLock { $0.requests } }

    func forgetRequests() { state.withLock { $0.requests = [] } }

    // MARK: Reads

    func list(
        _ basis: ListBasis, each: @escaping @Sendable (ListPiece<Widget>) -> Void
    ) async throws(WatchFailure) -> String {
        let (objects, version) = try asked("list \(Self.text(basis))") { history in
            (Array(history.objects.values), String(history.version))
        }
        for object in objects { each(.object(object)) }
        return version
    }

    func watch(
        _ start: WatchStart, serverTimeout: Duration, each: @escaping @Sendable (WatchNotice<Widget>) async -> Bool
    ) async throws(WatchFailure) {
        var position: Int
        switch start {
        case .after(let version):
            state.withLock { $0.requests.append("watch >\(version)") }
            position = Int(version) ?? 0
        case .everything(let basis):
            let (objects, version) = try asked("stream \(Self.text(basis))") { ($0.objects, $0.version) }
            let streaming = state.withLock { $0.streaming }
            if streaming == .refuses { throw .refused("sendInitialEvents is forbidden") }
            position = version
            for object in objects.values.sorted(by: { $0.key < $1.key }) {
                guard await each(.upsert(object)) else { return }
                state.withLock { $0.onInitialEvent }?()
            }
            switch streaming {
            case .serves:
                guard await each(.bookmark(String(version), endsInitialEvents: true)) else { return }
            case .bookmarksWithoutMark:
                guard await each(.bookmark(String(version))) else { return }
            case .ignores, .refuses: break
            }
        }
        try await follow(position, each)
    }

    private func follow(
        _ start: Int, _ each: @escaping @Sendable (WatchNotice<Widget>) async -> Bool
    ) async throws(WatchFailure) {
        var position = start
        while !Task.isCancelled {
            let (events, isCut, cut) = state.withLock { state -> ([WidgetHistory.Event]?, Bool, WatchFailure?) in
                defer { state.isCut = false }
                return (state.isHeldBack ? [] : state.history.events(after: position), state.isCut, state.cut)
            }
            if isCut {
                if let cut { throw cut }
                return
            }
            guard let events else { throw .expired }
            for event in events {
                position = event.version
                guard await each(event.notice) else { return }
                state.withLock { $0.delivered += 1 }
            }
            guard events.isEmpty else { continue }
            if let version = takeBookmark() {
                position = version
                guard await each(.bookmark(String(version))) else { return }
            } else {
                await news.wait()
            }
        }
    }

    private func takeBookmark() -> Int? {
        state.withLock { state in
            defer { state.owesBookmark = false }
            return state.owesBookmark ? state.history.version : nil
        }
    }

    func latestVersion() async throws(WatchFailure) -> String { try asked("version") { String($0.version) } }

    private func asked<Answer: Sendable>(
        _ request: String, _ answer: (WidgetHistory) -> Answer
    ) throws(WatchFailure) -> Answer {
        let (failure, result) = state.withLock { state in
            state.requests.append(request)
            return (state.listFailures.isEmpty ? nil : state.listFailures.removeFirst(), answer(state.history))
        }
        if let failure { throw failure }
        return result
    }

    private static func text(_ basis: ListBasis) -> String {
        switch basis {
        case .latest: "latest"
        case .notOlderThan(let version): ">=\(version)"
        }
    }

    func covers(_ key: ObjectKey) -> Bool { true }

    func get(_ key: ObjectKey) async throws(WatchFailure) -> (object: Widget?, version: String) {
        state.withLock { state in
            state.requests.append("get \(key.name)")
            return (state.history.objects[key], String(state.history.version))
        }
    }

    // MARK: Writes

    func create(
        _ type: ResourceType, _ object: DynamicObject, options: WriteOptions
    ) async throws(KubernetesError) -> WriteReceipt {
        try write("create", type, object.key) { history throws(KubernetesError) in
            guard history.objects[object.key] == nil else {
                throw KubernetesError(Operation(verb: "create", resource: type, key: object.key), .alreadyExists)
            }
            history.put(object.key.name, namespace: object.key.namespace, size: object.value["size"]?.integerValue ?? 0)
        }
    }

    func patch(
        _ type: ResourceType, _ key: ObjectKey, _ patch: Patch, subresource: String?, options: WriteOptions
    ) async throws(KubernetesError) -> WriteReceipt {
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
    ) throws(KubernetesError) -> WriteReceipt {
        let result = try state.withLock { state throws(KubernetesError) -> WriteReceipt in
            if !state.failures.isEmpty {
                throw KubernetesError(
                    Operation(verb: verb, resource: type, key: key), state.failures.removeFirst())
            }
            // Events are written through the same door and are no widgets.
            guard type == Widget.resourceType else {
                state.writes.append("\(verb) \(type)")
                return WriteReceipt(uid: "", resourceVersion: "")
            }
            try body(&state.history)
            state.writes.append("\(verb) \(key.name)")
            let metadata = state.history.objects[key]?.metadata
            return WriteReceipt(uid: metadata?.uid ?? "", resourceVersion: metadata?.resourceVersion ?? "")
        }
        news.ring()
        return result
    }
}
