package import Primitives

/// Which part of a container's log to read.
package struct LogOptions: Sendable, Hashable {
    /// May be nil when the pod has one container.
    package var container: String?
    package var tailLines: Int?
    package var sinceSeconds: Int?
    /// Not together with ``sinceSeconds``, which the server refuses.
    package var sinceTime: Timestamp?
    /// Begins each line with the time it was written.
    package var timestamps: Bool
    /// The run before the last restart.
    package var previous: Bool
    /// The server stops after so many bytes, in the middle of a line if need be.
    package var limitBytes: Int

    package init(
        container: String? = nil, tailLines: Int? = nil, sinceSeconds: Int? = nil, sinceTime: Timestamp? = nil,
        timestamps: Bool = false, previous: Bool = false, limitBytes: Int = 1 << 20
    ) {
        self.container = container
        self.tailLines = tailLines
        self.sinceSeconds = sinceSeconds
        self.sinceTime = sinceTime
        self.timestamps = timestamps
        self.previous = previous
        self.limitBytes = limitBytes
    }

    func query(follow: Bool) -> [(String, String)] {
        var query: [(String, String)] = []
        if let container { query.append(("container", container)) }
        if follow { query.append(("follow", "true")) }
        if let tailLines { query.append(("tailLines", String(tailLines))) }
        if let sinceSeconds { query.append(("sinceSeconds", String(sinceSeconds))) }
        if let sinceTime { query.append(("sinceTime", sinceTime.rfc3339)) }
        if timestamps { query.append(("timestamps", "true")) }
        if previous { query.append(("previous", "true")) }
        // A log that is followed ends when the container or the reader does.
        if !follow { query.append(("limitBytes", String(limitBytes))) }
        return query
    }
}
