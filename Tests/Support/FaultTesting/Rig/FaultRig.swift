package import ClusterTesting
import CurlTransport
import Glibc
import HTTP
import JSON
import Primitives

/// The fault proxy and the stand-in node, as a process of `scripts/faults/faults.py`.
package struct FaultRig: Sendable {
    /// What the proxy has seen.
    package struct Report: Sendable {
        package var requests: [JournalEntry]
        /// How often each fault was hit, by name.
        package var hits: [String: Int]
        /// How often the proxy killed the operator.
        package var kills: Int
        /// What the stand-in node complains about.
        package var problems: [String]
    }

    /// For the operator: leads through the proxy.
    package let kubeconfig: String
    private let tokenFile: String
    /// As the API server's audit log names the operator.
    package let user: String
    private let control: String
    private let transport: CurlTransport

    /// Runs the rig while `body` does.
    package static func with(_ cluster: TestCluster, _ body: @Sendable (FaultRig) async throws -> Void) async throws {
        let folder = "/tmp/aiops-faults-\(getpid())-\(TestCluster.randomSuffix())"
        let child = try ChildProcess(
            "/usr/bin/env",
            ["python3", "-B", RepositoryRoot.path + "/scripts/faults/faults.py", cluster.kubeconfig, folder],
            separateErrors: true)
        let line = try await eventually("the fault proxy is up") { () -> Answer<String> in
            if !child.isRunning { throw NeverHappened("the fault proxy ended: \(child.errors())") }
            let output = child.output()
            return output.hasSuffix("\n") ? .yes(output) : .notYet(output)
        }
        let said = try JSONValue(parsing: Array(line.utf8))
        let transport = CurlTransport()
        guard let kubeconfig = said["kubeconfig"]?.stringValue, let token = said["tokenFile"]?.stringValue,
            let user = said["user"]?.stringValue, let port = said["control"]?.integerValue
        else { throw NeverHappened("the fault proxy said \(line)") }
        let rig = FaultRig(
            kubeconfig: kubeconfig, tokenFile: token, user: user, control: "http://127.0.0.1:\(port)",
            transport: transport)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await transport.run() }
            do { try await body(rig) } catch {
                print("the fault proxy's complaints: \(child.errors().suffix(4000))")
                throw error
            }
            group.cancelAll()
        }
        child.send(SIGTERM)
        _ = try await child.exit(within: .seconds(20))
    }

    /// Replaces what is to go wrong; the counts begin anew.
    package func arm(_ faults: [Fault]) async throws {
        try await post("/plan", ["faults": .array(faults.map(\.value))])
    }

    /// A new plan: its writes are counted from 1.
    ///
    /// - Returns: the number of the last request that is not part of it.
    package func begin() async throws -> Int {
        Int(try await call("POST", "/begin", [:])["number"]?.integerValue ?? 0)
    }

    /// Tells whom to kill.
    package func operatorIs(_ pid: Int32) async throws { try await post("/operator", ["pid": .integer(Int64(pid))]) }

    /// From now on only this token is taken; the file is written just after, as a kubelet may be late.
    package func rotate(token: String) async throws {
        try await post("/token", ["token": .string(token)])
        guard TextFile.write(tokenFile, token) else { throw NeverHappened("\(tokenFile) cannot be written") }
    }

    /// Lets commands that wait in a sandbox end.
    package func release() async throws { try await post("/release") }

    package func report(since number: Int = 0) async throws -> Report {
        let value = try await call("GET", "/report?since=\(number)", nil)
        var hits: [String: Int] = [:]
        for fault in value["faults"]?.arrayValue ?? [] {
            hits[fault["name"]?.stringValue ?? ""] = Int(fault["hits"]?.integerValue ?? 0)
        }
        return Report(
            requests: (value["requests"]?.arrayValue ?? []).map { JournalEntry(value: $0) }, hits: hits,
            kills: Int(value["kills"]?.integerValue ?? 0),
            problems: (value["problems"]?.arrayValue ?? []).compactMap(\.stringValue))
    }

    /// The first request of that kind, as soon as there is one.
    package func first(
        _ what: String, within limit: Duration, where matches: @escaping @Sendable (JournalEntry) -> Bool
    ) async throws -> JournalEntry {
        try await eventually(what, within: limit) { () -> Answer<JournalEntry> in
            let found = try await report().requests.first(where: matches)
            return found.map { .yes($0) } ?? .notYet("not among the requests")
        }
    }

    private func post(_ path: String, _ value: JSONValue = [:]) async throws {
        _ = try await call("POST", path, value)
    }

    private func call(_ method: String, _ path: String, _ value: JSONValue?) async throws -> JSONValue {
        let request = HTTPRequest(
            method: method, url: control + path, body: value?.serialized() ?? [], totalTimeout: .seconds(60))
        let response = try await transport.send(request)
        let body = try await response.body.collect()
        guard response.status == 200 else {
            throw NeverHappened("\(method) \(path): \(response.status) \(String(decoding: body, as: UTF8.self))")
        }
        return try JSONValue(parsing: body)
    }
}
