/// Which streams of a container to hold while a session lasts.
package struct RemoteOptions: Sendable, Hashable {
    /// May be nil when the pod has one container.
    package var container: String?
    package var stdin: Bool
    package var stdout: Bool
    /// A terminal has one stream only, so with `tty` this is not asked for.
    package var stderr: Bool
    package var tty: Bool

    package init(
        container: String? = nil, stdin: Bool = false, stdout: Bool = true, stderr: Bool = true, tty: Bool = false
    ) {
        self.container = container
        self.stdin = stdin
        self.stdout = stdout
        self.stderr = stderr
        self.tty = tty
    }

    var query: [(String, String)] {
        var query: [(String, String)] = []
        if let container { query.append(("container", container)) }
        if stdin { query.append(("stdin", "true")) }
        if stdout { query.append(("stdout", "true")) }
        if stderr, !tty { query.append(("stderr", "true")) }
        if tty { query.append(("tty", "true")) }
        return query
    }
}
