import ClusterTesting
import Glibc

/// The clocks of one process, which go at another rate; the one on the wall is wrong as well, and steps on command.
///
/// By `scripts/faults/clock.c`, preloaded. Debian's libfaketime will not do: it moves the timers of clocks that it was told to
/// leave alone, and the environment, behind which Swift finds no arguments.
final class WrongClock: Sendable {
    private let library: String
    private let offset: String
    private let rate: Double

    /// `rate` 2 is twice as fast.
    init(rate: Double, ahead seconds: Int64) async throws {
        let base = "/tmp/aiops-clock-\(getpid())-\(TestCluster.randomSuffix())"
        (library, offset, self.rate) = (base + ".so", base + ".offset", rate)
        try set(ahead: seconds)
        let source = RepositoryRoot.path + "/scripts/faults/clock.c"
        // Swift's own toolchain brings a compiler.
        let build = try ChildProcess(
            "/usr/bin/env", ["clang", "-shared", "-fPIC", "-O2", "-Wall", "-Werror", source, "-o", library])
        let code = try await build.exit(within: .seconds(60))
        guard code == 0 else { throw NeverHappened("clang of \(source): exit code \(code): \(build.output())") }
    }

    deinit {
        unlink(library)
        unlink(offset)
    }

    /// Steps to another time, at once.
    func set(ahead seconds: Int64) throws {
        let file = open(offset, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(file) }
        var value = seconds
        guard pwrite(file, &value, 8, 0) == 8 else { throw NeverHappened("\(offset) cannot be written") }
    }

    /// For the process that is to go by it.
    var environment: [String: String] {
        ["LD_PRELOAD": library, "AIOPS_CLOCK_RATE": "\(rate)", "AIOPS_CLOCK_OFFSET": offset]
    }
}
