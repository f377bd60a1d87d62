/// How kind is run; an administrator's choice for the whole operator.
package struct KindSettings: Sendable, Hashable {
    /// kind's program: a path, or a name that is looked for in `PATH`.
    package var program: String
    /// All that kind and the client of the container engine see of an environment: `PATH`, `HOME`, `DOCKER_HOST` and
    /// their like.
    package var environment: [String: String]
    /// Clusters that are being made at the same time; each keeps about one processor busy for half a minute.
    package var mostCreates: Int
    /// After this a create is ended and what it has made is deleted.
    package var createLimit: Duration
    /// For every other command: kind answers them in a second unless the engine hangs.
    package var commandLimit: Duration

    /// What of this process' environment kind is given: where the engine is, and how it is spoken to.
    private static let passedOn = [
        "PATH", "HOME", "TMPDIR", "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_CERT_PATH",
        "DOCKER_TLS_VERIFY",
        "KIND_EXPERIMENTAL_PROVIDER", "KIND_EXPERIMENTAL_DOCKER_NETWORK",
    ]

    package init(
        program: String = "kind", environment: [String: String] = [:], mostCreates: Int = 2,
        createLimit: Duration = .seconds(600), commandLimit: Duration = .seconds(60)
    ) {
        self.program = program
        self.environment = environment
        self.mostCreates = max(1, mostCreates)
        self.createLimit = createLimit
        self.commandLimit = commandLimit
    }

    /// With what is needed of a process' environment; `dockerHost` stands over the one found there.
    package static func environment(of process: [String: String], dockerHost: String? = nil) -> [String: String] {
        var kept = process.filter { passedOn.contains($0.key) }
        if let dockerHost { kept["DOCKER_HOST"] = dockerHost }
        return kept
    }
}
