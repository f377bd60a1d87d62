import Glibc
import Primitives

/// A program started by a test, with its output in files.
///
/// Invariant: what was started is ended and waited for by the time the object goes.
package final class ChildProcess: Sendable {
    package struct NotStarted: Error {
        package let program: String
        package let code: Int32
    }

    package let pid: Int32
    private let outputPath: String
    private let errorPath: String
    private let exitCode = Locked<Int32?>(nil)

    /// Output and errors go to one file, unless they are wanted apart.
    ///
    /// It gets this process' environment, with `environment` over it.
    package init(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], separateErrors: Bool = false
    ) throws {
        let base = "/tmp/aiops-test-\(getpid())-\(TestCluster.randomSuffix())"
        outputPath = base + ".out"
        errorPath = separateErrors ? base + ".err" : outputPath
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let flags = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, outputPath, flags, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errorPath, flags, 0o600)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A thread of the test may have signals blocked; the child must not inherit that.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let strings = ([program] + arguments).map { strdup($0) }
        defer { for string in strings { free(string) } }
        let variables = Self.variables(environment).map { strdup($0) }
        defer { for variable in variables { free(variable) } }
        var pid = pid_t()
        let code = posix_spawn(&pid, program, &actions, &attributes, strings + [nil], variables + [nil])
        guard code == 0 else { throw NotStarted(program: program, code: code) }
        self.pid = pid
    }

    deinit {
        if exitCode.withLock({ $0 }) == nil {
            kill(pid, SIGKILL)
            var status: Int32 = 0
            waitpid(pid, &status, 0)
        }
        unlink(outputPath)
        if errorPath != outputPath { unlink(errorPath) }
    }

    package var isRunning: Bool { look() == nil }

    package func send(_ signal: Int32) {
        if look() == nil { kill(pid, signal) }
    }

    /// The exit code, if it has ended; 128 and the number of the signal that ended it.
    package var ended: Int32? { look() }

    /// The exit code, once it has ended; 128 and the number of the signal that ended it.
    package func exit(within limit: Duration) async throws -> Int32 {
        try await eventually("process \(pid) ends", within: limit, every: .milliseconds(20)) {
            look().map { .yes($0) } ?? .notYet("it runs; its output ends: \(output().suffix(400))")
        }
    }

    package func output() -> String { Self.read(outputPath) }
    package func errors() -> String { Self.read(errorPath) }

    private func look() -> Int32? {
        exitCode.withLock { exitCode in
            if let exitCode { return exitCode }
            var status: Int32 = 0
            guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
            let signal = status & 0x7F
            exitCode = signal == 0 ? (status >> 8) & 0xFF : 128 + signal
            return exitCode
        }
    }

    private static func variables(_ changes: [String: String]) -> [String] {
        var kept: [String] = []
        var next = environ
        while let variable = next.pointee {
            let text = String(cString: variable)
            if changes[String(text.prefix { $0 != "=" })] == nil { kept.append(text) }
            next += 1
        }
        return kept + changes.map { "\($0.key)=\($0.value)" }
    }

    private static func read(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = fread(&piece, 1, piece.count, file)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += piece[..<count]
        }
    }
}
