internal import Glibc

/// The loop's clock.
///
/// Its time limits are about real sockets, so it is the kernel's and not a test's.
enum LoopClock {
    static func now() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
