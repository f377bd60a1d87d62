internal import CLinux
import Glibc
import Primitives

/// The three streams of a child, seen from our side.
///
/// Used by one thread only. Invariants: every descriptor is closed exactly once, `-1` marks one that is; output is read
/// as it comes, so that a program which writes while it reads never locks up; what is kept of it is bounded.
final class ChildPipes {
    private(set) var childInput: Int32 = -1
    private(set) var childOutput: Int32 = -1
    private(set) var childErrors: Int32 = -1
    private var input: Int32 = -1
    private var outputEnd: Int32 = -1
    private var errorsEnd: Int32 = -1
    private var remaining: ArraySlice<UInt8>
    private var buffer = [UInt8](repeating: 0, count: 32 << 10)
    var output: HeadTailBuffer
    var errors: HeadTailBuffer
    private let hear: ProcessFollower.Hear?

    /// `hear` is told what comes on the error stream as it comes, on this thread.
    init(
        input bytes: [UInt8], outputLimit: Int, hear: ProcessFollower.Hear?, _ program: String
    ) throws(ProcessError) {
        self.hear = hear
        remaining = bytes[...]
        output = HeadTailBuffer(limit: outputLimit)
        errors = HeadTailBuffer(limit: outputLimit)
        do throws(ProcessError) {
            (childInput, input) = try Self.pipe(program)
            (outputEnd, childOutput) = try Self.pipe(program)
            (errorsEnd, childErrors) = try Self.pipe(program)
        } catch {
            close()
            throw error
        }
        for descriptor in [input, outputEnd, errorsEnd] {
            _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        }
    }

    func close() {
        closeChildEnds()
        Self.close(&input)
        Self.close(&outputEnd)
        Self.close(&errorsEnd)
    }

    /// Without this the end of the output would never be seen.
    func closeChildEnds() {
        Self.close(&childInput)
        Self.close(&childOutput)
        Self.close(&childErrors)
    }

    /// Feeds and reads until the process has ended, whoever else still holds the pipes.
    func transfer(untilEndOf pid: pid_t) {
        var ended = aiops_pidfd_open(pid)
        defer { Self.close(&ended) }
        // Kernels without process descriptors are asked again and again instead.
        let pause: Int32 = ended < 0 ? 50 : -1
        if remaining.isEmpty { Self.close(&input) }
        while aiops_has_ended(pid) == 0 {
            var waiting = [
                pollfd(fd: ended, events: Int16(POLLIN), revents: 0),
                pollfd(fd: outputEnd, events: Int16(POLLIN), revents: 0),
                pollfd(fd: errorsEnd, events: Int16(POLLIN), revents: 0),
                pollfd(fd: input, events: Int16(POLLOUT), revents: 0),
            ]
            _ = poll(&waiting, nfds_t(waiting.count), pause)
            if waiting[1].revents != 0 { read(&outputEnd, into: &output) }
            if waiting[2].revents != 0 { read(&errorsEnd, into: &errors, hear) }
            if waiting[3].revents != 0 { feed() }
        }
    }

    /// Reads what is left in the pipes, without waiting for more.
    ///
    /// Bounded, because a process that left the group may write for ever; no pipe holds more than this.
    func drain() {
        for _ in 0..<Self.fullestPipe where outputEnd >= 0 { read(&outputEnd, into: &output) }
        for _ in 0..<Self.fullestPipe where errorsEnd >= 0 { read(&errorsEnd, into: &errors, hear) }
    }

    /// In pieces of the buffer's size: 1 MiB, the most that a pipe can be given without privilege.
    private static let fullestPipe = 32

    private func feed() {
        let count = remaining.withUnsafeBytes { write(input, $0.baseAddress, min($0.count, 64 << 10)) }
        if count > 0 { remaining = remaining.dropFirst(count) }
        // A program may end its input before it has read all of it.
        let isOver = count < 0 && errno != EAGAIN && errno != EINTR
        if remaining.isEmpty || isOver { Self.close(&input) }
    }

    private func read(
        _ descriptor: inout Int32, into kept: inout HeadTailBuffer, _ hear: ProcessFollower.Hear? = nil
    ) {
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        if count > 0 {
            kept.append(buffer[..<count])
            hear?(Array(buffer[..<count]))
        }
        let isOver = count == 0 || count < 0 && errno != EAGAIN && errno != EINTR
        if isOver { Self.close(&descriptor) }
    }

    private static func pipe(_ program: String) throws(ProcessError) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard aiops_private_pipe(&ends) == 0 else { throw ChildProcess.notStarted(program, errno) }
        return (ends[0], ends[1])
    }

    private static func close(_ descriptor: inout Int32) {
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
        descriptor = -1
    }
}
