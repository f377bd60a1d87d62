import HTTP
internal import Lifecycle
package import Primitives
package import Processes
package import Telemetry

/// Gives the identity for the next request, and another one after a refusal if there is any.
///
/// A value whose copies share tokens and runs of a plugin: clients of one process should be given one. Run as a service it has
/// the next credential of a plugin before the present one ends; otherwise a request that needs one waits for the plugin.
package struct IdentitySource: Lifecycle.Service {
    private enum Kind: Sendable {
        case fixed(String?)
        case file(TokenFile)
        case plugin(PluginSource)
    }

    package let name = "identity"
    private let kind: Kind
    private let tls: TLSSource

    /// `files` is where tokens and certificates are read from, `launcher` runs credential plugins (nil for real ones), and
    /// `secrets` hears of each token and password, before anything can log it.
    package init(
        _ configuration: ClientConfiguration, files: any FileSource = LocalFiles(),
        launcher: (any ProcessLauncher)? = nil, time: any TimeSource, logger: Logger, secrets: RotatingSecret? = nil
    ) {
        tls = TLSSource(configuration.tls, configuration.tlsFiles, files: files, time: time)
        switch configuration.credential {
        case .none: kind = .fixed(nil)
        case .token(let token):
            secrets?.hold(token)
            kind = .fixed("Bearer \(token)")
        case .basic(let username, let password):
            secrets?.hold(password)
            kind = .fixed("Basic " + Base64.encode(Array("\(username):\(password)".utf8)))
        case .tokenFile(let path): kind = .file(TokenFile(path, files: files, time: time, secrets: secrets))
        case .exec(let plugin):
            kind = .plugin(
                PluginSource(
                    plugin, launcher: launcher ?? ProcessRunner(time: time), time: time, logger: logger,
                    secrets: secrets))
        }
    }

    /// Runs until the task is cancelled.
    package func run() async throws {
        if case .plugin(let plugin) = kind {
            await plugin.keepFresh()
        } else {
            // Files are read when they are needed, which takes no time.
            let (nothing, end) = AsyncStream<Void>.makeStream()
            for await _ in nothing {}
            end.finish()
        }
        throw CancellationError()
    }

    /// How many requests wait for a run of the plugin now.
    package var waiting: Int {
        if case .plugin(let plugin) = kind { plugin.waiting } else { 0 }
    }

    func current() async throws(KubernetesError) -> Identity {
        switch kind {
        case .fixed(let authorization): Identity(authorization: authorization, tls: tls.current())
        case .file(let file): Identity(authorization: "Bearer \(try file.token())", tls: tls.current())
        case .plugin(let plugin): plugged(try await plugin.credential(), tls.current())
        }
    }

    /// What to try once more with after `refused` was not accepted; nil when nothing else can be had.
    func renewed(after refused: Identity) async throws(KubernetesError) -> Identity? {
        let renewed: Identity
        switch kind {
        case .fixed(let authorization): renewed = Identity(authorization: authorization, tls: tls.reread())
        case .file(let file): renewed = Identity(authorization: "Bearer \(try file.reread())", tls: tls.reread())
        case .plugin(let plugin):
            renewed = plugged(try await plugin.credential(notEqualTo: refused.plugged), tls.reread())
        }
        return renewed == refused ? nil : renewed
    }

    /// After a TLS failure: the same with certificates read anew, for the case that they were replaced; else nil.
    func withNewCertificates(_ failed: Identity) -> Identity? {
        guard failed.plugged?.certificatePEM == nil else { return nil }
        var renewed = failed
        renewed.tls = tls.reread()
        return renewed == failed ? nil : renewed
    }

    private func plugged(_ credential: ExecCredential, _ tls: TLSConfiguration) -> Identity {
        var tls = tls
        if let certificate = credential.certificatePEM, let key = credential.keyPEM {
            tls.clientCertificatePEM = certificate
            tls.clientKeyPEM = key
        }
        return Identity(authorization: credential.token.map { "Bearer \($0)" }, tls: tls, plugged: credential)
    }
}
