package import Primitives
package import Telemetry

/// Runs services together and stops them in the reverse of their order, one after another.
///
/// A service may therefore rely on every earlier one until its own `run` has returned.
package struct ServiceGroup: Sendable {
    private enum Input: Sendable {
        case ended(Int, (any Error)?)
        case signal(Signal)
        case asked
        case overdue
    }

    private let services: [any Service]
    private let gracePeriod: Duration
    private let logger: Logger
    private let time: any TimeSource
    private let onOverdue: @Sendable ([String]) -> Void

    /// The grace period is for all services together, from the first request to stop.
    ///
    /// When it is over, those still running are cancelled at once and named to `onOverdue`; a program exits there.
    package init(
        _ services: [any Service], gracePeriod: Duration = .seconds(30), logger: Logger,
        time: any TimeSource = SystemTimeSource(), onOverdue: @escaping @Sendable ([String]) -> Void = { _ in }
    ) {
        self.services = services
        self.gracePeriod = gracePeriod
        self.logger = logger
        self.time = time
        self.onOverdue = onOverdue
    }

    /// Runs until `signals` yields or a service ends; returns after an orderly stop, throws when a service ended unasked.
    ///
    /// The first signal stops the services in order, the second all at once. Cancelling the calling task also stops all
    /// at once, because structured concurrency hands it to every service directly.
    package func run(until signals: Signals? = nil) async throws(ServiceGroupError) {
        guard let signals else { return try await perform(feeding: nil) }
        try await perform(feeding: { input in
            for await signal in signals { input.yield(.signal(signal)) }
        })
    }

    /// As on a signal, the services are stopped in order when `stop` returns; what it throws stops nothing.
    package func runUntil(
        _ stop: @escaping @Sendable () async throws(CancellationError) -> Void
    ) async throws(ServiceGroupError) {
        try await perform(feeding: { input in
            do {
                try await stop()
                input.yield(.asked)
            } catch {
                // The services have ended first.
            }
        })
    }

    private func perform(
        feeding feed: (@Sendable (AsyncStream<Input>.Continuation) async -> Void)?
    ) async throws(ServiceGroupError) {
        guard !services.isEmpty else { return }
        let switches = services.map { _ in StopSwitch() }
        // Each service ends once, the grace period once; more than a few signals carry no news.
        let (inputs, input) = AsyncStream<Input>.makeStream(bufferingPolicy: .bufferingOldest(services.count + 16))
        let failure: ServiceGroupError? = await withTaskGroup(of: Void.self) { group in
            for (service, stop) in zip(services.enumerated(), switches) {
                group.addTask {
                    let error = await Self.run(service.element, until: stop)
                    input.yield(.ended(service.offset, error))
                }
            }
            if let feed { group.addTask { await feed(input) } }
            var plan = ShutdownPlan(count: services.count)
            var failure: ServiceGroupError?
            // Ends early when this task is cancelled; then all services are being cancelled already.
            loop: for await event in inputs {
                // A service may have answered the cancellation, and be heard of, before the stream of events has ended for it.
                let isCancelled = Task.isCancelled
                let (step, error) = note(event, isStopping: plan.isStopping || isCancelled)
                for effect in plan.step(step) {
                    switch effect {
                    case .stop(let index):
                        logger.debug("stopping", ["service": .string(services[index].name)])
                        switches[index].stop()
                    case .startGracePeriod:
                        group.addTask { [time, gracePeriod] in
                            // Cancelled when all services have ended in time.
                            guard await Self.sleeps(gracePeriod, time) else { return }
                            input.yield(.overdue)
                        }
                    case .reportOverdue(let late):
                        let names = late.map { services[$0].name }
                        logger.error(
                            "services did not stop in time", ["services": .string(names.joined(separator: ", "))])
                        onOverdue(names)
                    case .endedUnasked where isCancelled && (error == nil || error is CancellationError): break
                    case .endedUnasked(let index):
                        let name = services[index].name
                        failure = error.map { .failed(service: name, $0) } ?? .endedEarly(service: name)
                    case .finished: break loop
                    }
                }
            }
            group.cancelAll()
            return failure
        }
        if let failure { throw failure }
    }

    /// Runs `body` with the services around it, stops them after it and hands on its result.
    ///
    /// When a service ends first, `body` is cancelled and the service's end is thrown.
    package func run<Value: Sendable>(
        while body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let main = MainBody(body)
        let group = ServiceGroup(
            services + [main], gracePeriod: gracePeriod, logger: logger, time: time, onOverdue: onOverdue)
        do {
            try await group.run()
        } catch .endedEarly(service: main.name) {
        } catch .failed(service: main.name, let error) {
            throw error
        }
        guard let value = main.value else { throw CancellationError() }
        return value
    }

    private func note(_ event: Input, isStopping: Bool) -> (ShutdownPlan.Input, (any Error)?) {
        switch event {
        case .signal(let signal):
            logger.info("stopping on a signal", ["signal": .string(signal.name)])
            return (.stopRequested, nil)
        case .asked: return (.stopRequested, nil)
        case .overdue:
            return (.overdue, nil)
        case .ended(let index, let error):
            let name = services[index].name
            if let error, !(isStopping && error is CancellationError), !isTold(error, by: services[index]) {
                logger.error("service failed", ["service": .string(name), "error": .describing(error)])
            } else if error == nil, !isStopping, !(services[index] is any FailingToItsCaller) {
                logger.error("service ended although nobody had asked it to", ["service": .string(name)])
            } else {
                logger.debug("service ended", ["service": .string(name)])
            }
            return (.ended(index), error)
        }
    }

    /// A failure is logged once, where it happens: that of a group within this one is told by now, and that of the main body
    /// goes to whoever called it.
    private func isTold(_ error: any Error, by service: any Service) -> Bool {
        error is ServiceGroupError || service is any FailingToItsCaller
    }

    private static func sleeps(_ duration: Duration, _ time: any TimeSource) async -> Bool {
        do {
            try await time.sleep(for: duration)
            return true
        } catch {
            return false
        }
    }

    /// Runs one service to its end; throwing the switch cancels this one only.
    private static func run(_ service: any Service, until stop: StopSwitch) async -> (any Error)? {
        enum Event { case ended((any Error)?), asked }
        return await withTaskGroup(of: Event.self) { group in
            group.addTask {
                do {
                    try await service.run()
                    return .ended(nil)
                } catch {
                    return .ended(error)
                }
            }
            group.addTask {
                await stop.wait()
                return .asked
            }
            for await event in group {
                group.cancelAll()
                if case .ended(let error) = event { return error }
            }
            return nil
        }
    }
}
