/// A command to run in a container of a pod.
package struct ExecRequest: Sendable, Hashable {
    package var container: String?
    /// Program and arguments; no shell is involved unless it is named here.
    package var command: [String]
    /// What the command reads; nil for nothing at all.
    ///
    /// Servers before 1.30 know only the v4 protocol, in which the end of the input cannot be told: there, the command
    /// must know when to stop reading.
    package var stdin: [UInt8]?
    /// After this the connection is closed.
    ///
    /// That does not end the command in the container: a command that must not
    /// outlive its caller runs under `timeout`.
    package var timeout: Duration
    /// Bytes kept of each of the two streams; what comes from the middle is dropped and counted.
    package var outputLimit: Int
    /// The connection is closed when both streams together have brought more; nil for never.
    ///
    /// That does not end the command either.
    package var floodLimit: Int?

    package init(
        container: String? = nil, command: [String], stdin: [UInt8]? = nil, timeout: Duration = .seconds(60),
        outputLimit: Int = 1 << 20, floodLimit: Int? = nil
    ) {
        self.container = container
        self.command = command
        self.stdin = stdin
        self.timeout = timeout
        self.outputLimit = outputLimit
        self.floodLimit = floodLimit
    }

    var query: [(String, String)] {
        var query: [(String, String)] = []
        if let container { query.append(("container", container)) }
        query += command.map { ("command", $0) }
        if stdin != nil { query.append(("stdin", "true")) }
        query += [("stdout", "true"), ("stderr", "true")]
        return query
    }
}
