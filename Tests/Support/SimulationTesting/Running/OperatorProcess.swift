import ControllerRuntime
import Controllers
import HTTP
import KubernetesClient
import LifecycleTesting
import Primitives
import Problems
import Telemetry

/// One process of the operator, put together as for users, on the simulation's network and clock.
final class OperatorProcess: Sendable {
    /// Parsed once: it never changes, and no schedule is about it.
    private static let catalogue = Result { try Catalogue.builtin() }

    let number: Int
    let link: SimulatedLink
    private unowned let world: World
    private let task = Locked<SimulatedTask?>(nil)

    init(number: Int, world: World) {
        self.number = number
        self.world = world
        link = SimulatedLink(process: number, world: world)
    }

    var isDead: Bool { link.isDead }
    /// Whether all of it has ended.
    var isOver: Bool { task.withLock { $0?.isOver ?? true } }

    func start() {
        let (world, number, link) = (world, number, link)
        world.note("process \(number) starts")
        task.withLock { task in
            task = world.simulator.start {
                do {
                    try await Self.manager(number, world, link).run()
                    if !link.isDead { world.processEnded(number, nil) }
                } catch {
                    if !link.isDead { world.processEnded(number, error) }
                }
            }
        }
    }

    /// As SIGKILL: what it waits for ends, and nothing it does reaches anything.
    func kill() {
        link.die()
        task.withLock { $0 }?.cancel()
    }

    /// At the end of a run.
    func stop() { kill() }

    private static func manager(_ number: Int, _ world: World, _ link: SimulatedLink) throws -> Manager {
        let seed = (world.schedule.seed ?? 0) &+ UInt64(number) &* 1_000_003
        let logger = Logger(
            label: "process \(number)", sink: world.logs.sink(for: link, in: world),
            level: world.schedule.keepsTrace ? .info : .error, time: world.simulator)
        let client = KubernetesClient(
            configuration: ClientConfiguration(server: Exchange.server, tls: TLSConfiguration()), transport: link,
            time: world.simulator, logger: logger, seed: seed)
        return Operator(
            settings: OperatorSettings(
                version: "test", namespace: "demo", allowedModelHosts: [ScriptedProvider.host],
                priceTable: world.lifecycle.priceTable),
            client: client, transport: link, catalogue: try catalogue.get(),
            workers: WorkerNames(session: "proc\(number)"), instance: "proc\(number)", time: world.simulator,
            logger: logger, metrics: MetricsRegistry(), redact: { $0 }, seed: seed
        ).manager
    }
}
