package import HTTP
package import JSON
package import KubernetesModel
import Primitives

/// The server as a value, for runs that branch.
extension InMemoryAPIServer {
    /// Everything that outlives the connections: objects, history, what was asked so far.
    package struct Snapshot: Sendable {
        fileprivate var state: APIState
        fileprivate var calls: [APICall]
        fileprivate var lists: [String: SavedList]
    }

    package func snapshot() -> Snapshot {
        core.withLock { Snapshot(state: $0.state, calls: $0.calls, lists: $0.lists) }
    }

    /// Makes the server what it was; connections that are open now are cut.
    package func restore(_ snapshot: Snapshot) {
        let cut = core.withLock { core in
            core.state = snapshot.state
            core.calls = snapshot.calls
            core.lists = snapshot.lists
            defer { core.watchers = [:] }
            return core.watchers.sorted { $0.key < $1.key }.map(\.value.queue)
        }
        for queue in cut { queue.finish(.reset(bytesSeen: true, "the server was set back")) }
    }

    /// Lets `pace` decide when a watch is shown what happened; nil shows everything at once.
    package func paceWatches(_ pace: Pace?) { core.withLock { $0.pace = pace } }

    /// `opened` hears of each watch that begins, under the server's lock.
    package func onWatch(_ opened: (@Sendable (_ watch: Int, _ call: APICall) -> Void)?) {
        core.withLock { $0.opened = opened }
    }

    /// Ends one watch connection: in order, or with an error.
    package func endWatch(_ id: Int, _ error: HTTPError? = nil) {
        core.withLock { $0.watchers.removeValue(forKey: id) }?.end(error)
    }

    /// Breaks one watch connection at this very moment, whatever else it was to be shown.
    package func cutWatch(_ id: Int) {
        let queue = core.withLock { $0.watchers.removeValue(forKey: id)?.queue }
        queue?.finish(.reset(bytesSeen: true, "the connection broke"))
    }

    /// Tells one watch, if it wants to know, that nothing happened up to now.
    ///
    /// - Returns: false when it is gone.
    package func sendBookmark(to id: Int) -> Bool {
        core.withLock { core in
            guard let watcher = core.watchers[id] else { return false }
            if watcher.wantsBookmarks { watcher.showBookmark(core.state.version, endsInitialEvents: false) }
            return true
        }
    }

    package var currentVersion: Int64 { core.withLock { $0.state.version } }

    /// One change of one object.
    package struct Change: Sendable {
        package var version: Int64
        package var type: ResourceType
        /// Nil on creation.
        package var old: JSONValue?
        /// Nil on deletion.
        package var new: JSONValue?

        package var key: ObjectKey {
            let metadata = (new ?? old)?["metadata"]
            return ObjectKey(
                namespace: metadata?["namespace"]?.stringValue ?? "", name: metadata?["name"]?.stringValue ?? "")
        }
    }

    /// What was changed after `version`, in order.
    package func history(after version: Int64) -> [Change] {
        core.withLock { core in
            core.state.changes(after: version).map {
                Change(version: $0.version, type: $0.type, old: $0.old, new: $0.new)
            }
        }
    }

    /// Every object there is, in a fixed order.
    package var everything: [(type: ResourceType, object: JSONValue)] {
        core.withLock { core in
            core.state.types.flatMap { served in
                (core.state.objects[served.type] ?? [:]).sorted { $0.key < $1.key }.map { (served.type, $0.value) }
            }
        }
    }
}
