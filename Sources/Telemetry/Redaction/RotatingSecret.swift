package import Primitives

/// One secret that is replaced now and then, such as a token that ends: each value is taken out of texts from the moment it
/// was read until nothing that carries it can be on its way to the log any more.
///
/// Invariants: the value held last is registered; one before it for ``holdTime`` after it was replaced, longer than any request
/// lasts that was made with it; and of many within that time the newest ``most``.
package final class RotatingSecret: Sendable {
    package static let holdTime = Duration.seconds(3_600)
    package static let most = 32

    private struct Held {
        var value: String
        var replacedAt: Duration?
    }

    private let redactor: Redactor
    private let time: any TimeSource
    /// In the order they came.
    private let held = Locked<[Held]>([])

    package init(_ redactor: Redactor, time: any TimeSource) {
        self.redactor = redactor
        self.time = time
    }

    /// Takes the place of the value before; the same one again changes nothing.
    package func hold(_ value: String) {
        let now = time.monotonicNow()
        held.withLock { held in
            guard held.last?.value != value else { return }
            redactor.register(secret: value)
            if let last = held.indices.last { held[last].replacedAt = now }
            held.append(Held(value: value, replacedAt: nil))
            while let first = held.first, let replacedAt = first.replacedAt,
                held.count > Self.most || now - replacedAt >= Self.holdTime
            {
                redactor.unregister(secret: first.value)
                held.removeFirst()
            }
        }
    }
}
