import AIOpsAPI
package import ControllerRuntime
package import KubernetesClient
package import KubernetesModel
package import LanguageModels
import Lifecycle
package import Primitives
package import Telemetry

/// The prices of this process: the built-in ones, or those of a ConfigMap over them, looked at every `interval`.
///
/// A run takes the table as it is when it begins, and says in its status which one that was. Looking costs one GET of one
/// object; a watch would hold a stream for what changes once a month.
package final class PriceBook: Lifecycle.Service {
    /// Where an administrator keeps prices of his own.
    package struct Source: Sendable {
        package var key: ObjectKey
        package var client: KubernetesClient
        package var events: EventRecorder
        package var time: any TimeSource
        package var logger: Logger

        package init(
            key: ObjectKey, client: KubernetesClient, events: EventRecorder, time: any TimeSource, logger: Logger
        ) {
            self.key = key
            self.client = client
            self.events = events
            self.time = time
            self.logger = logger
        }
    }

    package static let interval = Duration.seconds(15)

    package let name = "prices"
    private let source: Source?
    private let state = Locked(State())

    private struct State {
        var follower = PriceFollower()
        var hasLooked = false
    }

    /// Without a source the built-in prices hold.
    package init(_ source: Source? = nil) { self.source = source }

    /// The prices that hold now; looks at the source where nobody has yet.
    package func current() async -> PriceTable {
        if !state.withLock({ $0.hasLooked }) { await look() }
        return state.withLock { $0.follower.table }
    }

    package func run() async throws {
        guard let source else { return }
        while !Task.isCancelled {
            await look()
            do { try await source.time.sleep(for: Self.interval) } catch { return }
        }
    }

    /// Looks once.
    package func look() async {
        guard let source else { return }
        let sight: PriceFollower.Sight
        do throws(KubernetesError) {
            sight = .found(try await source.client.get(ConfigMap.self, source.key))
        } catch {
            if error.isCancelled { return }
            sight = error.isNotFound ? .missing : .unreadable("\(error)")
        }
        let (news, version) = state.withLock { state in
            // A server that is away for a moment is asked again before the first run goes by the built-in prices.
            if case .unreadable = sight {} else { state.hasLooked = true }
            return (state.follower.look(sight), state.follower.table.version)
        }
        if let news { tell(news, sight, version, source) }
    }

    private func tell(_ news: PriceFollower.News, _ sight: PriceFollower.Sight, _ version: String, _ source: Source) {
        let fields: [String: LogValue] = ["configMap": "\(source.key)", "priceTable": .string(version)]
        switch news {
        case .taken: source.logger.info("prices taken from the ConfigMap", fields)
        case .missing: source.logger.warning("the ConfigMap with prices is not there; the built-in ones hold", fields)
        case .unreadable(let why):
            source.logger.warning(
                "the ConfigMap with prices cannot be read; prices stay as they are",
                fields.merging(["error": .string(why)]) { $1 })
        case .refused(let why):
            source.logger.error(
                "the prices of the ConfigMap are not taken; prices stay as they are",
                fields.merging(["error": .string(why)]) { $1 })
            guard case .found(let map) = sight else { return }
            source.events.record(
                .about(
                    map, .warning, reason: "PriceTableInvalid", action: "ReadPrices",
                    note: "not taken, prices stay those of table \(version): \(why)".cut(toScalars: 1024)))
        }
    }
}
