import KubernetesClient
import Primitives

/// Keeps what the server warned of.
final class Warnings: Sendable {
    private let kept = Locked<[APIWarning]>([])

    var all: [APIWarning] { kept.withLock { $0 } }

    func add(_ warning: APIWarning) { kept.withLock { $0.append(warning) } }
}
