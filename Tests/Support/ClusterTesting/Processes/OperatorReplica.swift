import CurlTransport
import Glibc
import HTTP
import JSON
import Lifecycle
package import Primitives
import Telemetry

/// One of several operators on a cluster, each with its own name in the audit log.
package final class OperatorReplica: Sendable {
    private let child: ChildProcess
    /// When it was started.
    package let started: Timestamp

    /// A `kubeconfig` of its own leads it to the cluster by another way than the test's; `environment` stands over this
    /// process'.
    package init(
        _ cluster: TestCluster, kubeconfig: String? = nil, namespace: String, arguments: [String] = [],
        environment: [String: String] = [:]
    ) throws {
        started = SystemTimeSource().wallNow()
        child = try ChildProcess(
            try OperatorProcess.builtProgram(),
            [
                "manager", "--kubeconfig", kubeconfig ?? cluster.kubeconfig, "--listen", "127.0.0.1:0", "--namespace",
                namespace,
            ] + arguments, environment: environment)
    }

    /// Sends a signal and returns when that was.
    @discardableResult
    package func send(_ signal: Int32) -> Timestamp {
        let now = SystemTimeSource().wallNow()
        child.send(signal)
        return now
    }

    package func exit(within limit: Duration) async throws -> Int32 { try await child.exit(within: limit) }
    package var isRunning: Bool { child.isRunning }
    package var log: String { child.output() }

    /// The name it races under.
    package func identity() async throws -> String { try await startingField("identity") }

    /// What one of its pages says, with the status.
    package func page(_ path: String) async throws -> (status: Int, body: String) {
        let address = try await startingField("listen")
        let transport = CurlTransport()
        return try await ServiceGroup([transport], logger: .disabled).run {
            let response = try await transport.send(HTTPRequest(url: "http://\(address)\(path)"))
            return (response.status, String(decoding: try await response.body.collect(), as: UTF8.self))
        }
    }

    /// Waits for a line with this message, counted from 1.
    package func awaitLine(_ message: String, count: Int = 1, within limit: Duration = .seconds(30)) async throws {
        try await eventually("\"\(message)\" is logged", within: limit, every: .milliseconds(20)) {
            let found = lines().count { $0["message"]?.stringValue == message }
            return .holds(found >= count, else: "\(found) of \(count); the log ends: \(log.suffix(1500))")
        }
    }

    private func startingField(_ name: String) async throws -> String {
        try await eventually("it says its \(name)", within: .seconds(30), every: .milliseconds(20)) {
            let line = lines().first { $0["message"] == "starting" }
            return line?[name]?.stringValue.map { .yes($0) } ?? .notYet(log)
        }
    }

    private func lines() -> [JSONValue] {
        log.split(separator: "\n").compactMap { try? JSONValue(parsing: Array($0.utf8)) }
    }
}
