import HTTP
import Primitives
import Processes

/// Runs a credential plugin when its last answer is no longer good.
///
/// Invariants: one run at a time, whose answer serves everybody who waited for it; an answer is used until shortly before
/// it expires, or until the server refuses it; a failure is remembered for ``failureHold``, so that many requests do not
/// each open a browser.
final class PluginSource: Sendable {
    /// How long before the end a credential is replaced, so that it does not end on the way.
    static let early = Duration.seconds(10)
    static let failureHold = Duration.seconds(5)
    static let timeLimit = Duration.seconds(60)
    private static let outputLimit = 1 << 20
    private static let quotedErrors = 500

    private struct State {
        var credential: ExecCredential?
        var renewAt: Timestamp?
        var failure: KubernetesError?
        var failedAt = Duration.zero
    }

    private let plugin: ExecPlugin
    private let launcher: any ProcessLauncher
    private let time: any TimeSource
    private let state = Locked(State())
    private let turnstile = Turnstile()

    init(_ plugin: ExecPlugin, launcher: any ProcessLauncher, time: any TimeSource) {
        self.plugin = plugin
        self.launcher = launcher
        self.time = time
    }

    /// The credential for the next request; `refused` is one that the server did not accept.
    func credential(notEqualTo refused: ExecCredential? = nil) async throws(KubernetesError) -> ExecCredential {
        if let good = known(refused) { return good }
        return try await turnstile.pass(orThrow: Self.cancelled) { () async throws(KubernetesError) in
            // Whoever was inside before may have brought it.
            if let good = known(refused) { return good }
            if let failure = rememberedFailure() { throw failure }
            do throws(KubernetesError) {
                let credential = try await run()
                remember(credential)
                return credential
            } catch {
                if !error.isCancelled {
                    let now = time.monotonicNow()
                    state.withLock { ($0.failure, $0.failedAt) = (error, now) }
                }
                throw error
            }
        }
    }

    private static var cancelled: KubernetesError {
        KubernetesError(Operation(verb: "authenticate"), .transport(.cancelled))
    }

    private func known(_ refused: ExecCredential?) -> ExecCredential? {
        let now = time.wallNow()
        return state.withLock { state in
            guard let credential = state.credential, credential != refused else { return nil }
            if let renewAt = state.renewAt, renewAt <= now { return nil }
            return credential
        }
    }

    private func rememberedFailure() -> KubernetesError? {
        let now = time.monotonicNow()
        return state.withLock { now - $0.failedAt < Self.failureHold ? $0.failure : nil }
    }

    private func remember(_ credential: ExecCredential) {
        let now = time.wallNow()
        state.withLock { state in
            state.credential = credential
            state.failure = nil
            // Half of a short life: one that is good for less than `early` would be asked for with every request.
            state.renewAt = credential.expires.map { $0 - min(Self.early, max($0 - now, .zero) / 2) }
        }
    }

    private func run() async throws(KubernetesError) -> ExecCredential {
        var environment = plugin.environment
        environment["KUBERNETES_EXEC_INFO"] = plugin.information
        let result: ProcessResult
        do {
            result = try await launcher.run(
                ProcessRequest(
                    plugin.command, plugin.arguments, environment: environment, timeLimit: Self.timeLimit,
                    outputLimit: Self.outputLimit))
        } catch {
            switch error {
            case .cancelled: throw Self.cancelled
            case .notFound:
                throw failure("\(error)" + (plugin.installHint.map { ". \($0)" } ?? "; is it installed?"))
            case .notStarted, .invalidRequest: throw failure("\(error)")
            }
        }
        guard !result.timedOut else {
            throw failure("\(plugin.command) took longer than \(Self.timeLimit.wholeSeconds) s\(said(result))")
        }
        guard result.succeeded else { throw failure("\(plugin.command) \(result.ending)\(said(result))") }
        guard result.outputDropped == 0 else {
            throw failure("\(plugin.command) printed more than \(Self.outputLimit) bytes")
        }
        do {
            return try ExecCredential(printed: result.output, apiVersion: plugin.apiVersion)
        } catch {
            // What it printed instead may be a secret; what it complained about is meant to be read.
            throw failure("\(plugin.command): \(error.reason)\(said(result))")
        }
    }

    private func said(_ result: ProcessResult) -> String {
        let text = String(decoding: result.errors.suffix(Self.quotedErrors), as: UTF8.self)
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " | ")
        return line.isEmpty ? ", and said nothing" : "; it said: \(line)"
    }

    private func failure(_ text: String) -> KubernetesError {
        KubernetesError(Operation(verb: "authenticate"), .credentials("\(plugin.place): \(text)"))
    }
}
