import Glibc
import Primitives

/// The operator as a process of its own, started and killed by a test.
///
/// One at a time, and without a race for the Lease: killed and started again at once, it would wait for its own. Two of them,
/// and the Lease between them, are ``OperatorReplica``.
package final class OperatorProcess: Sendable {
    private let arguments: [String]
    private let environment: [String: String]
    private let program: String
    private let generations = Locked<[ChildProcess]>([])

    /// Runs an operator while `body` does; it is told to stop and must end cleanly.
    ///
    /// A `kubeconfig` of its own leads it to the cluster by another way than the test's; `environment` stands over this
    /// process'.
    package static func with(
        _ cluster: TestCluster, kubeconfig: String? = nil, namespace: String = "default", allowedHosts: [String] = [],
        arguments: [String] = [], environment: [String: String] = [:],
        _ body: @Sendable (OperatorProcess) async throws -> Void
    ) async throws {
        let process = try OperatorProcess(
            kubeconfig ?? cluster.kubeconfig, namespace: namespace,
            arguments: allowedHosts.flatMap { ["--allowed-model-host", $0] } + arguments, environment: environment)
        try process.start()
        do {
            try await body(process)
        } catch {
            print("the operator's last words:\n\(process.log.suffix(6000))")
            throw error
        }
        try await process.stop()
    }

    private init(
        _ kubeconfig: String, namespace: String, arguments: [String], environment: [String: String]
    ) throws {
        program = try Self.builtProgram()
        self.environment = environment
        self.arguments =
            [
                "manager", "--kubeconfig", kubeconfig, "--listen", "127.0.0.1:0", "--namespace", namespace,
                "--leader-elect=false",
            ] + arguments
    }

    package func start() throws {
        let child = try ChildProcess(program, arguments, environment: environment)
        generations.withLock { $0.append(child) }
    }

    /// kill -9: no last write, no goodbye.
    package func kill() async throws {
        let child = generations.withLock { $0.last }
        child?.send(SIGKILL)
        _ = try await child?.exit(within: .seconds(10))
    }

    package func stop() async throws {
        guard let child = generations.withLock({ $0.last }) else { return }
        guard child.isRunning else {
            let code = try await child.exit(within: .seconds(1))
            throw NeverHappened("the operator ended by itself with code \(code): \(child.output().suffix(3000))")
        }
        child.send(SIGTERM)
        let code = try await child.exit(within: .seconds(30))
        guard code == 0 else {
            throw NeverHappened("the operator's exit code was \(code): \(child.output().suffix(3000))")
        }
    }

    /// The process that runs now, or ran last.
    package var life: ChildProcess? { generations.withLock { $0.last } }

    /// Most memory that it ever had resident, in bytes; nil when it has ended.
    package var peakMemory: Int? {
        guard let pid = life?.pid, let file = fopen("/proc/\(pid)/status", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 512)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard text.hasPrefix("VmHWM:") else { continue }
            return text.split(separator: " ").compactMap { Int($0) }.first.map { $0 << 10 }
        }
        return nil
    }

    /// How often it was started.
    package var lives: Int { generations.withLock { $0.count } }

    /// Everything logged since the given start, counted from 0.
    package func log(sinceLife number: Int) -> String {
        generations.withLock { Array($0.dropFirst(number)) }.map { $0.output() }.joined()
    }

    /// Everything logged, by all its lives.
    package var log: String { generations.withLock { $0 }.map { $0.output() }.joined() }

    /// It lies where the tests do.
    package static func builtProgram() throws -> String {
        var candidates: [String] = []
        if let path = realpath("/proc/self/exe", nil) {
            defer { free(path) }
            let own = String(cString: path)
            if let slash = own.lastIndex(of: "/") { candidates.append(own[..<slash] + "/aiops-operator") }
        }
        // swift test may run the tests from inside a helper of the toolchain.
        candidates.append(RepositoryRoot.path + "/.build/debug/aiops-operator")
        for candidate in candidates where access(candidate, X_OK) == 0 { return candidate }
        throw NeverHappened("no built operator at \(candidates); swift build makes it")
    }
}
