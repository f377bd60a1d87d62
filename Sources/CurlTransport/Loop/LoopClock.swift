internal import Glibc

/// The loop's clock, which runs on while the machine is suspended: what is over by then must be over when it wakes.
///
/// Its time limits are about real sockets, so it is the kernel's and not a test's.
enum LoopClock {
    static func now() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
