import Lifecycle
package import Primitives
package import Processes

/// Makes, lists and deletes clusters by the kind program.
///
/// Invariants: no more creates run at a time than the settings allow; a create that fails or is ended leaves no cluster
/// that could still be deleted then; nothing is asked of kind that names a cluster of somebody else.
package final class KindClusters: Sendable {
    /// How long a finding holds: an engine may go at any time, and is asked for each list anyway.
    package static let lifetime = Duration.seconds(60)
    /// How long to wait before asking again where nothing could be made.
    package static let patience = Duration.seconds(10)

    private struct Known {
        var finding: KindFinding
        var until: Duration
    }

    private let command: KindCommand
    private let environment: [String: String]
    private let launcher: any ProcessFollower
    private let time: any TimeSource
    private let permits: Permits
    private let known = Locked<Known?>(nil)

    package init(settings: KindSettings, launcher: any ProcessFollower, time: any TimeSource) {
        command = KindCommand(settings)
        environment = settings.environment
        self.launcher = launcher
        self.time = time
        permits = Permits(most: settings.mostCreates)
    }

    /// Asks for kind's version and for its clusters, which takes the engine.
    package func finding() async -> KindFinding {
        let now = time.monotonicNow()
        if let known = known.withLock({ $0 }), now < known.until { return known.finding }
        let finding: KindFinding
        do throws(KindError) {
            let version = try await version()
            _ = try await names()
            finding = .ready(version)
        } catch {
            finding = .unable(error)
        }
        // Whoever was cancelled has found out nothing.
        if case .unable(.cancelled) = finding { return finding }
        let lasts = finding.isReady ? Self.lifetime : Self.patience
        known.withLock { $0 = Known(finding: finding, until: time.monotonicNow() + lasts) }
        return finding
    }

    package func version() async throws(KindError) -> KindVersion {
        let said = text(try await run(.version, command.version).output)
        guard let version = KindVersion(output: said), version.isSupported else {
            throw .unsupportedVersion(said.split(separator: "\n").first.map(String.init) ?? "")
        }
        return version
    }

    /// The names of all clusters of the engine, whoever made them.
    package func names() async throws(KindError) -> [String] {
        text(try await run(.list, command.list).output).split(whereSeparator: \.isWhitespace).map(String.init)
    }

    package func exists(_ name: KindClusterName) async throws(KindError) -> Bool {
        try await names().contains(name.text)
    }

    /// Makes a cluster, waiting for its turn, and gives its kubeconfig.
    ///
    /// `progress` is told in a few words what is being done, whenever that changes.
    package func create(
        _ order: KindOrder, progress: @escaping @Sendable (String) -> Void
    ) async throws(KindError) -> String {
        let configuration = try KindConfiguration.text(order.config, workers: order.workers)
        return try await permits.with(
            cancelled: KindError.cancelled,
            waits: { progress("waiting until fewer clusters are being made") }
        ) { () async throws(KindError) in
            do throws(KindError) {
                try await make(order, configuration, progress)
                return try await kubeconfig(of: order.name)
            } catch {
                await tidyUp(order.name, after: error)
                throw error
            }
        }
    }

    package func kubeconfig(of name: KindClusterName) async throws(KindError) -> String {
        text(try await run(.kubeconfig, command.kubeconfig(of: name)).output)
    }

    /// Deletes a cluster, however much of it is there; that it is gone is seen by ``exists(_:)``.
    package func delete(_ name: KindClusterName) async throws(KindError) {
        try await inFolder(name) { file throws(KindError) in
            _ = try await run(.delete, command.delete(name, file: file))
        }
    }

    private func make(
        _ order: KindOrder, _ configuration: String, _ progress: @escaping @Sendable (String) -> Void
    ) async throws(KindError) {
        let reader = Locked(KindProgress())
        try await inFolder(order.name) { file throws(KindError) in
            _ = try await run(.create, command.create(order, configuration: configuration, file: file)) { piece in
                for step in reader.withLock({ $0.take(piece) }) { progress(step) }
            }
        }
    }

    /// kind tidies up after its own failures, not after its own end.
    ///
    /// Of a create that was cancelled the release takes care, or whoever
    /// continues: no program can be started any more.
    private func tidyUp(_ name: KindClusterName, after error: KindError) async {
        switch error {
        case .failed(_, .nameTaken, _), .failed(_, .noEngine, _), .program, .cancelled: return
        default: break
        }
        do throws(KindError) {
            try await delete(name)
        } catch {
            // The inventory names it: the release goes on trying.
        }
    }

    private func inFolder(
        _ name: KindClusterName, _ body: (String) async throws(KindError) -> Void
    ) async throws(KindError) {
        guard let folder = PrivateFolder(environment) else {
            throw .program(
                .create,
                .notStarted(
                    program: "kind", code: 0, reason: "no private folder could be made in TMPDIR, or /tmp without it"))
        }
        defer { folder.remove(["kubeconfig", "kubeconfig.lock"]) }
        try await body(folder.file("kubeconfig"))
    }

    private func run(
        _ step: KindError.Step, _ request: ProcessRequest, hear: (@Sendable ([UInt8]) -> Void)? = nil
    ) async throws(KindError) -> ProcessResult {
        let result: ProcessResult
        do throws(ProcessError) {
            if let hear {
                result = try await launcher.run(request, hear: hear)
            } else {
                result = try await launcher.run(request)
            }
        } catch {
            throw error == .cancelled ? .cancelled : .program(step, error)
        }
        if result.timedOut { throw .timedOut(step, after: request.timeLimit) }
        guard result.succeeded else {
            let errors = text(result.errors)
            throw .failed(step, KindFailure(errors: errors), detail: KindFailure.detail(errors))
        }
        return result
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
