import ControllerRuntime
import KubernetesModel

/// What a server knows of widgets: their present state, and every event since the last compaction.
struct WidgetHistory {
    enum Event {
        case upsert(Widget)
        case delete(Widget)

        var version: Int { Int(object.metadata.resourceVersion) ?? 0 }
        private var object: Widget {
            switch self {
            case .upsert(let object), .delete(let object): object
            }
        }
        var notice: WatchNotice<Widget> {
            switch self {
            case .upsert(let object): .upsert(object)
            case .delete(let object): .delete(object)
            }
        }
    }

    /// Starts at 8, so that tests pass from one digit to two and more.
    private(set) var version = 8
    private(set) var objects: [ObjectKey: Widget] = [:]
    private(set) var events: [Event] = []
    private var compactedUpTo = 8
    private var created = 0

    mutating func put(_ name: String, namespace: String = "a", size: Int64) {
        version += 1
        let key = ObjectKey(namespace: namespace, name: name)
        if objects[key] == nil { created += 1 }
        let uid = objects[key]?.metadata.uid ?? "uid-\(created)"
        let widget = Widget(name, namespace: namespace, size: size, version: version, uid: uid)
        objects[key] = widget
        events.append(.upsert(widget))
    }

    mutating func remove(_ name: String, namespace: String = "a") {
        guard var widget = objects.removeValue(forKey: ObjectKey(namespace: namespace, name: name)) else { return }
        version += 1
        widget.metadata.resourceVersion = String(version)
        events.append(.delete(widget))
    }

    /// Something else in the same etcd moved on.
    mutating func idle() { version += 1 }

    mutating func compact() {
        events.removeAll()
        compactedUpTo = version
    }

    /// Nil when they are no longer known.
    func events(after version: Int) -> [Event]? {
        version < compactedUpTo ? nil : events.filter { $0.version > version }
    }

    var sizes: [ObjectKey: Int64] { objects.mapValues(\.size) }
}
