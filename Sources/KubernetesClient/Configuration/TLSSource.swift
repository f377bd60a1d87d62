import HTTP
import Primitives

/// Gives what the next connection trusts and shows, read again from its files when they may have changed.
///
/// Invariants: the files are looked at at most once per ``refreshInterval``, plus once after each refusal; certificate and
/// key are replaced together or not at all; what cannot be read leaves what was there. Equal content gives an equal value,
/// so connections live on until something really changed.
final class TLSSource: Sendable {
    private struct Cached {
        var tls: TLSConfiguration
        var readAt: Duration?
    }

    static let refreshInterval = TokenFile.refreshInterval

    private let paths: TLSFiles
    private let files: any FileSource
    private let time: any TimeSource
    private let cached: Locked<Cached>

    init(_ tls: TLSConfiguration, _ paths: TLSFiles, files: any FileSource, time: any TimeSource) {
        self.paths = paths
        self.files = files
        self.time = time
        // They were read when the configuration was made.
        cached = Locked(Cached(tls: tls, readAt: time.monotonicNow()))
    }

    func current() -> TLSConfiguration {
        let known = cached.withLock { $0 }
        guard !paths.isEmpty else { return known.tls }
        if let readAt = known.readAt, time.monotonicNow() - readAt < Self.refreshInterval { return known.tls }
        return reread()
    }

    func reread() -> TLSConfiguration {
        guard !paths.isEmpty else { return cached.withLock { $0.tls } }
        let authority = content(paths.authority)
        let certificate = content(paths.clientCertificate)
        let key = content(paths.clientKey)
        let now = time.monotonicNow()
        return cached.withLock { cached in
            if let authority { cached.tls.caPEM = authority }
            let isWhole =
                (certificate != nil || paths.clientCertificate == nil) && (key != nil || paths.clientKey == nil)
            if isWhole {
                if let certificate { cached.tls.clientCertificatePEM = certificate }
                if let key { cached.tls.clientKeyPEM = key }
            }
            cached.readAt = now
            return cached.tls
        }
    }

    private func content(_ path: String?) -> [UInt8]? {
        guard let path else { return nil }
        do {
            guard let bytes = try files.read(path), !bytes.isEmpty else { return nil }
            return bytes
        } catch {
            // The content that was good so far is better than none; the server's answer will tell if it is not.
            return nil
        }
    }
}
