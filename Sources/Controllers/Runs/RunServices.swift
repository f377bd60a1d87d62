package import ControllerRuntime
package import Environments
package import HTTP
package import KubernetesClient
package import KubernetesModel
package import Primitives
package import Problems
package import Telemetry

/// What every run needs from the process it runs in.
package struct RunServices: Sendable {
    package var client: KubernetesClient
    package var transport: any HTTPTransport
    package var catalogue: Catalogue
    package var events: EventRecorder
    package var settings: OperatorSettings
    package var metrics: RunMetrics
    package var traffic: ModelTraffic
    package var prices: PriceBook
    package var purse: PoolPurse
    /// Nil where no Kind clusters can be made.
    package var kind: KindHost?
    package var time: any TimeSource
    package var logger: Logger
    /// Takes keys and tokens out of everything that is stored or sent.
    package var redact: @Sendable (String) -> String
    /// Hears of each status of its task that a run has written, for the gate of the task's controller.
    package var wrote: @Sendable (WrittenObject, ObjectKey) -> Void

    package init(
        client: KubernetesClient, transport: any HTTPTransport, catalogue: Catalogue, events: EventRecorder,
        settings: OperatorSettings, metrics: RunMetrics, traffic: ModelTraffic, prices: PriceBook = PriceBook(),
        purse: PoolPurse, kind: KindHost? = nil, time: any TimeSource, logger: Logger,
        redact: @escaping @Sendable (String) -> String,
        wrote: @escaping @Sendable (WrittenObject, ObjectKey) -> Void = { _, _ in }
    ) {
        self.client = client
        self.transport = transport
        self.catalogue = catalogue
        self.events = events
        self.settings = settings
        self.metrics = metrics
        self.traffic = traffic
        self.prices = prices
        self.purse = purse
        self.kind = kind
        self.time = time
        self.logger = logger
        self.redact = redact
        self.wrote = wrote
    }
}
