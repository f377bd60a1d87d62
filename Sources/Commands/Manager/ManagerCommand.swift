package import CommandLineInterface
import ControllerRuntime
import Controllers
import Environments
package import HTTP
import KubernetesClient
package import Lifecycle
import Primitives
import Problems
import Processes
import Telemetry

/// `aiops-operator manager`: runs the operator until it is told to stop.
package struct ManagerCommand: Sendable {
    /// The edges of the process, which only a program may choose.
    package struct Wiring: Sendable {
        package var version: String
        package var environment: [String: String]
        package var hostName: String
        package var transport: any HTTPTransport & Service
        /// Carries the requests about the Lease and nothing else, so that nothing can get in their way.
        package var leaseTransport: any HTTPTransport & Service
        /// Listens on an address for probes and scrapes; also gives the port, which may have been left open.
        package var server: @Sendable (ListenAddress, @escaping HTTPHandler) throws -> (any Service, port: UInt16)
        /// False when one of the transports hangs, for `/healthz`.
        package var isAlive: @Sendable () -> Bool
        /// The signals of the process; caught since before anything else was made.
        package var signals: @Sendable () throws -> Signals
        /// Ends the process at once, whatever still runs in it.
        package var exit: @Sendable (Int32) -> Never

        package init(
            version: String, environment: [String: String], hostName: String, transport: any HTTPTransport & Service,
            leaseTransport: any HTTPTransport & Service,
            server: @escaping @Sendable (ListenAddress, @escaping HTTPHandler) throws -> (any Service, port: UInt16),
            isAlive: @escaping @Sendable () -> Bool = { true },
            signals: @escaping @Sendable () throws -> Signals, exit: @escaping @Sendable (Int32) -> Never
        ) {
            self.version = version
            self.environment = environment
            self.hostName = hostName
            self.transport = transport
            self.leaseTransport = leaseTransport
            self.server = server
            self.isAlive = isAlive
            self.signals = signals
            self.exit = exit
        }
    }

    /// Of a process that was asked to stop and in which something had not ended when its grace period was over.
    package static let overdueExitCode: Int32 = 3

    private let wiring: Wiring

    package init(_ wiring: Wiring) { self.wiring = wiring }

    package var command: Command {
        Command(
            name: "manager", summary: "Run the operator against a cluster",
            discussion: """
                Inside a pod the operator uses its ServiceAccount; elsewhere it takes --kubeconfig, or KUBECONFIG, or \
                ~/.kube/config. Of several operators on a cluster one works, and the others stand by with full caches. It runs \
                until it gets SIGTERM or SIGINT, then lets reconciles end, leaves running tasks to the next process, and gives up \
                the Lease last of all. What has not ended when the shutdown grace is over is left behind, and the exit code is \
                \(Self.overdueExitCode).
                """,
            options: [
                .value("kubeconfig", "FILE", summary: "Kubeconfig of the cluster to run against"),
                .value("context", "NAME", summary: "Context of the kubeconfig instead of its current one"),
                .value(
                    "listen", "ADDRESS:PORT",
                    summary: "Where /healthz, /readyz and /metrics are served; port 0 takes any",
                    default: "127.0.0.1:8080"),
                .flag(
                    "open-metrics",
                    summary:
                        "Serve /metrics to whoever reaches the address; without it that takes, off loopback, a bearer token "
                        + "whose owner may get the path /metrics"),
                .value(
                    "debug-listen", "ADDRESS:PORT",
                    summary:
                        "Where /debug/controllers is served: each key of the queues and why it is there; on loopback, "
                        + "since it names tasks; off unless given"),
                .value(
                    "log-level", "LEVEL", summary: "Least level that is logged", default: "info",
                    choices: LogLevel.allCases.map(\.name)),
                .value(
                    "namespace", "NAME",
                    summary: "Namespace of the operator, where the pool of tasks without one is looked for; "
                        + "default: POD_NAMESPACE, else that of the kubeconfig"),
                .value(
                    "sandbox-image", "IMAGE", summary: "Image the agents' commands run in",
                    default: ImageSet.defaultSandbox),
                .value(
                    "busybox-image", "IMAGE", summary: "Image of the built-in application",
                    default: ImageSet.defaultBusybox),
                .value(
                    "pull-secret", "NAME", summary: "Secret with registry credentials for task images",
                    isRepeatable: true),
                .seconds(
                    "shutdown-grace",
                    summary: "Time from SIGTERM to the exit; stay some seconds below the pod's", default: "30"),
                .value(
                    "allowed-model-host", "HOST",
                    summary: "Host to which model requests may go, besides the vendors' own", isRepeatable: true),
                .value(
                    "price-table", "NAME",
                    summary: "ConfigMap in the operator's namespace whose prices.yaml stands over the built-in prices"),
                .flag(
                    "network-probe",
                    summary:
                        "Show once, with a pair of pods, whether the cluster enforces NetworkPolicy; pools tell the "
                        + "outcome as their condition NetworkIsolation"),
                .flag(
                    "operator-model-keys",
                    summary: "Let tasks that name no Secret use the keys in OPENAI_API_KEY, ANTHROPIC_API_KEY and "
                        + "OPENROUTER_API_KEY of the operator's environment (OPENROUTER_BASE_URL changes the address of the last)"
                ),
            ] + KindOptions.declared + ElectionOptions.declared,
            run: { try await run($0) })
    }

    private func run(_ arguments: ParsedArguments) async throws -> Int32 {
        // First of all: whoever asks a process to stop that has hardly begun wants an orderly end as well.
        let signals = try wiring.signals()
        let redactor = Redactor()
        let level = LogLevel(name: arguments.value("log-level") ?? "info") ?? .info
        let sink = FileDescriptorLogSink(redactor: redactor)
        let logger = Logger(label: "manager", sink: sink, level: level)
        // What ignores its cancellation would keep the process until the kubelet's SIGKILL, which leaves no word behind.
        let leave = { @Sendable [exit = wiring.exit] (_: [String]) in
            logger.error("exiting without waiting any longer", ["exitCode": .integer(Int(Self.overdueExitCode))])
            sink.flush(within: .seconds(1))
            exit(Self.overdueExitCode)
        }
        let listen = try ListenAddress(arguments.value("listen") ?? "")
        let debugListen = try Self.debugAddress(arguments)
        var configuration = try ClientConfiguration.load(
            kubeconfigPath: arguments.value("kubeconfig"), context: arguments.value("context"),
            environment: wiring.environment)
        var random = SystemRandomNumberGenerator()
        let identity = LeaderElection.identity(hostName: wiring.hostName, using: &random)
        // Which of several operators it was stands in the server's audit log.
        configuration.userAgent = "aiops-operator/\(wiring.version) (\(identity))"
        let settings = OperatorSettings(
            version: wiring.version,
            namespace: arguments.value("namespace") ?? wiring.environment["POD_NAMESPACE"]
                ?? configuration.defaultNamespace,
            images: ImageSet(
                sandbox: arguments.value("sandbox-image") ?? ImageSet.defaultSandbox,
                busybox: arguments.value("busybox-image") ?? ImageSet.defaultBusybox,
                pullSecrets: arguments.values("pull-secret")),
            allowedModelHosts: Set(arguments.values("allowed-model-host").map { $0.lowercased() }),
            modelKeys: arguments.flag("operator-model-keys") ? OperatorKeys(environment: wiring.environment) : .none,
            priceTable: arguments.value("price-table"),
            provesNetworkIsolation: arguments.flag("network-probe"))
        if let problem = settings.modelKeys.problem { throw UsageError("--operator-model-keys: \(problem)") }
        for key in settings.modelKeys.texts { redactor.register(secret: key) }
        let time = SystemTimeSource()
        let access = Access(
            configuration: configuration,
            identity: IdentitySource(
                configuration, time: time, logger: logger, secrets: RotatingSecret(redactor, time: time)))
        let election = try ElectionOptions(arguments, namespace: settings.namespace)
        let gracePeriod = ElectionOptions.seconds("shutdown-grace", arguments)
        let metrics = MetricsRegistry()
        ProcessMetrics.install(in: metrics)
        let race = election.isOn ? self.race(election, identity, access, logger, metrics) : nil
        let transport = race.map { PermittedTransport(wiring.transport, permit: $0.token) as any HTTPTransport }
        let client = KubernetesClient(
            configuration: configuration, identity: access.identity, transport: transport ?? wiring.transport,
            time: time, logger: logger, metrics: metrics)
        let kind = try kindHost(arguments, home: client, transport: transport ?? wiring.transport, logger, time)
        let assembled = Operator(
            settings: settings, client: client, transport: transport ?? wiring.transport,
            catalogue: try Catalogue.builtin(),
            workers: WorkerNames.fresh(), instance: wiring.hostName, election: race,
            liveness: [Probes.Check("http transports", isWell: wiring.isAlive)], gracePeriod: gracePeriod, kind: kind,
            time: time, logger: logger, metrics: metrics, redact: { redactor.redact($0) })
        var manager = assembled.manager
        manager.onOverdue = leave
        let probes = manager.probes
        let scrapes = listen.isLoopback || arguments.flag("open-metrics") ? nil : scrapeGuard(access, time, logger)
        let (server, port) = try wiring.server(listen) { request in
            if request.path == ScrapeGuard.path, let scrapes,
                let refusal = await scrapes.refusal(authorization: request.headers.first("authorization"))
            {
                return Self.response(refusal)
            }
            return Self.answer(request, else: "there are /healthz, /readyz and /metrics") { probes.answer(path: $0) }
        }
        manager.services.append(server)
        if let debugListen {
            let pages = DebugPages(manager.controllers)
            let (server, port) = try wiring.server(debugListen) {
                Self.answer($0, else: "there is /debug/controllers") { pages.answer(path: $0) }
            }
            manager.services.append(server)
            logger.info("debugging", ["listen": .string("\(ListenAddress(host: debugListen.host, port: port))")])
        }
        logger.info(
            "starting",
            [
                "version": .string(wiring.version), "server": .string(configuration.server),
                "listen": .string("\(ListenAddress(host: listen.host, port: port))"),
                "namespace": .string(settings.namespace),
                "identity": .string(identity), "leaderElection": .bool(election.isOn),
            ])
        let running = manager
        let lookOut = RivalSearch(client: client, timings: election.timings, time: time, logger: logger)
        // What everything uses outlives it: transports and identity end after the manager has.
        do {
            let shared: [any Service] = [wiring.transport, wiring.leaseTransport, access.identity]
            // Their time comes on top of the manager's, within what is left of the pod's.
            try await ServiceGroup(shared, gracePeriod: .seconds(4), logger: logger, onOverdue: leave).run {
                guard try await isAlone(lookOut, election, unless: signals) else {
                    return logger.info("stopping on a signal, before anything was begun")
                }
                try await running.run(until: signals)
            }
        } catch is ServiceGroupError {
            // Whatever failed was logged when it did; once is enough.
            logger.error("stopped because a part of the operator failed")
            return 1
        }
        logger.info("stopped")
        return 0
    }

    /// What makes Kind clusters here, where that is wanted.
    private func kindHost(
        _ arguments: ParsedArguments, home: KubernetesClient, transport: any HTTPTransport, _ logger: Logger,
        _ time: any TimeSource
    ) throws -> KindHost? {
        guard let settings = try KindOptions.settings(arguments, environment: wiring.environment) else { return nil }
        let version = wiring.version
        return KindHost(
            clusters: KindClusters(settings: settings, launcher: ProcessRunner(time: time), time: time),
            home: HomeCluster(client: home)
        ) { kubeconfig throws(KubernetesError) in
            var configuration = try ClientConfiguration.read(kubeconfig: kubeconfig, name: "of the Kind cluster")
            configuration.userAgent = "aiops-operator/\(version)"
            return KubernetesClient(configuration: configuration, transport: transport, time: time, logger: logger)
        }
    }

    private static func debugAddress(_ arguments: ParsedArguments) throws -> ListenAddress? {
        guard let text = arguments.value("debug-listen") else { return nil }
        let address = try ListenAddress(text, option: "--debug-listen")
        guard address.isLoopback else {
            throw UsageError("--debug-listen takes a loopback address, such as 127.0.0.1:8081; found \"\(text)\"")
        }
        return address
    }

    private static func answer(
        _ request: ServerRequest, else hint: String, _ body: (String) -> ProbeAnswer?
    ) -> ServerResponse {
        guard ["GET", "HEAD"].contains(request.method) else {
            return ServerResponse(status: 405, text: "only GET is served here\n")
        }
        guard let answer = body(request.path) else { return ServerResponse(status: 404, text: "\(hint)\n") }
        return response(answer)
    }

    private static func response(_ answer: ProbeAnswer) -> ServerResponse {
        ServerResponse(status: answer.status, text: answer.body, contentType: answer.contentType)
    }

    /// Asks past the permit of the leader: one that stands by is scraped as well, and a review changes nothing.
    private func scrapeGuard(_ access: Access, _ time: any TimeSource, _ logger: Logger) -> ScrapeGuard {
        ScrapeGuard(
            client: KubernetesClient(
                configuration: access.configuration, identity: access.identity, transport: wiring.transport, time: time,
                logger: logger), time: time, logger: logger)
    }

    /// How all clients of the process reach the API server, and as whom.
    ///
    /// One identity: a plugin is run once for all of them, and not by a renewal of the Lease, which cannot wait for it.
    private struct Access {
        var configuration: ClientConfiguration
        var identity: IdentitySource
    }

    private func race(
        _ election: ElectionOptions, _ identity: String, _ access: Access, _ logger: Logger, _ metrics: MetricsRegistry
    ) -> LeaderElection {
        LeaderElection(
            key: election.key, identity: identity, timings: election.timings, logger: logger, metrics: metrics
        ) { [transport = wiring.leaseTransport] time in
            KubernetesClient(
                configuration: access.configuration, identity: access.identity, transport: transport, time: time,
                logger: logger, metrics: metrics)
        }
    }

    /// Looks for operators that this one would fight.
    ///
    /// - Returns: false when a signal came first; looking can take as long as a Lease lasts.
    private func isAlone(
        _ search: RivalSearch, _ election: ElectionOptions, unless signals: Signals
    ) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await refuseToFight(search, election)
                return true
            }
            group.addTask {
                for await _ in signals { return false }
                // Cancelled: the other has something to say.
                return true
            }
            defer { group.cancelAll() }
            return try await group.next() ?? true
        }
    }

    /// A process that races sees everybody who races for the same Lease; those of other namespaces are found by looking, as far
    /// as this identity may.
    ///
    /// A pod may not, and needs not: whoever installed it chose its namespace.
    private func refuseToFight(_ search: RivalSearch, _ election: ElectionOptions) async throws {
        if election.isOn, wiring.environment["POD_NAMESPACE"] != nil { return }
        if let rival = try await search.find(name: ElectionOptions.leaseName, besides: election.racesIn) {
            throw OtherOperatorRuns(rival: rival, isElecting: election.isOn)
        }
    }
}
