import Primitives
import Telemetry

/// Where the processes of a world log to: errors are violations, the rest goes into the trace where one is kept.
final class WorldLog: Sendable {
    func sink(for link: SimulatedLink, in world: World) -> any LogSink { Sink(link: link, world: world) }

    private struct Sink: LogSink {
        let link: SimulatedLink
        unowned let world: World

        func write(_ record: LogRecord) {
            // What a dead process says nobody hears.
            guard !link.isDead else { return }
            let fields = record.fields.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
            let line = "\(link.process) [\(record.level)] \(record.message) \(fields)"
            if record.level >= .error { world.report(Violation(.processFault, line)) }
            if world.schedule.keepsTrace { world.note(line) }
        }
    }
}

extension World {
    func report(_ violation: Violation) { state.withLock { $0.moment.report(violation) } }

    /// A process that ends by itself is started again, as a kubelet would, and is a fault all the same.
    func processEnded(_ number: Int, _ error: (any Error)?) {
        report(
            Violation(
                .processFault, "process \(number) ended by itself: \(error.map { "\($0)" } ?? "without an error")"))
        state.withLock { $0.needsProcess = true }
    }
}
