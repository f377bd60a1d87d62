internal import CLinux
internal import Glibc
internal import Primitives

/// Commands on their way from tasks to the loop thread.
///
/// Invariants: commands are taken in the order they were posted; after `close` none is accepted; the eventfd is
/// signalled by the first command after the loop has said that it is about to wait.
final class Mailbox: Sendable {
    private struct State {
        var commands: [LoopCommand] = []
        var isClosed = false
        /// The loop waits in the kernel, or is about to.
        var isAsleep = false
    }

    /// Readable when there is something to take; -1 when the system refused one.
    let descriptor: Int32
    private let state = Locked(State())

    init() {
        descriptor = aiops_eventfd()
    }

    deinit {
        if descriptor >= 0 { Glibc.close(descriptor) }
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Whether the command was accepted.
    @discardableResult
    func post(_ command: LoopCommand) -> Bool {
        let (isAccepted, wakes) = state.withLock { state in
            guard !state.isClosed else { return (false, false) }
            state.commands.append(command)
            defer { state.isAsleep = false }
            return (true, state.isAsleep)
        }
        if wakes { eventfd_write(descriptor, 1) }
        return isAccepted
    }

    /// Whether the loop may wait until the eventfd is readable: nothing has been posted since it took what there was.
    func prepareToSleep() -> Bool {
        state.withLock { state in
            state.isAsleep = state.commands.isEmpty
            return state.isAsleep
        }
    }

    /// Makes the eventfd unreadable again.
    func clearSignal() {
        var count: eventfd_t = 0
        eventfd_read(descriptor, &count)
    }

    func take() -> [LoopCommand] {
        state.withLock { state in
            state.isAsleep = false
            guard !state.commands.isEmpty else { return [] }
            defer { state.commands = [] }
            return state.commands
        }
    }

    /// Refuses further commands and returns those nobody has taken.
    func close() -> [LoopCommand] {
        state.withLock { state in
            state.isClosed = true
            defer { state.commands = [] }
            return state.commands
        }
    }
}
