import Primitives
import Processes

/// Runs a credential plugin once and reads what it printed.
struct PluginProgram: Sendable {
    static let timeLimit = Duration.seconds(60)
    private static let outputLimit = 1 << 20
    private static let quotedErrors = 500

    let plugin: ExecPlugin
    let launcher: any ProcessLauncher

    /// - Throws: what is wrong with the plugin, in words for whoever installed it, or that nobody waits any more.
    func run() async throws(KubernetesError) -> ExecCredential {
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
            case .cancelled: throw PluginSource.cancelled
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
