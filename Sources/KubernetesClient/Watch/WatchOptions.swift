/// Where a watch starts and what it shows.
package struct WatchOptions: Sendable, Hashable {
    package var labelSelector: String?
    package var fieldSelector: String?
    /// The version to go on from; empty to begin with the newest state.
    package var resourceVersion: String
    /// Asks for the present objects first, up to a marked bookmark: a list and a watch in one.
    ///
    /// Servers before 1.27 refuse this as invalid.
    package var sendInitialEvents: Bool
    /// How ``resourceVersion`` is meant; nil for what goes with ``sendInitialEvents``, since the server refuses initial
    /// events that do not say how fresh they must be, and a match without them.
    package var versionMatch: ListOptions.VersionMatch?
    /// Whether the server may say how far it is while nothing changes; only a watch that is never resumed can do without.
    package var allowsBookmarks: Bool
    /// When the server ends the watch; nil for a random time between 5 and 10 minutes, which spreads the load.
    package var timeoutSeconds: Int?

    package init(
        resourceVersion: String = "", labelSelector: String? = nil, fieldSelector: String? = nil,
        sendInitialEvents: Bool = false, versionMatch: ListOptions.VersionMatch? = nil, allowsBookmarks: Bool = true,
        timeoutSeconds: Int? = nil
    ) {
        self.resourceVersion = resourceVersion
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.sendInitialEvents = sendInitialEvents
        self.versionMatch = versionMatch
        self.allowsBookmarks = allowsBookmarks
        self.timeoutSeconds = timeoutSeconds
    }

    func query(timeoutSeconds: Int) -> [(String, String)] {
        var query = [("watch", "1")]
        if allowsBookmarks { query.append(("allowWatchBookmarks", "true")) }
        if let labelSelector, !labelSelector.isEmpty { query.append(("labelSelector", labelSelector)) }
        if let fieldSelector, !fieldSelector.isEmpty { query.append(("fieldSelector", fieldSelector)) }
        if sendInitialEvents { query.append(("sendInitialEvents", "true")) }
        if let match = versionMatch ?? (sendInitialEvents ? .notOlderThan : nil) {
            query.append(("resourceVersionMatch", match.rawValue))
        }
        if !resourceVersion.isEmpty { query.append(("resourceVersion", resourceVersion)) }
        query.append(("timeoutSeconds", String(timeoutSeconds)))
        return query
    }
}
