import CurlTransport
import HTTP

/// Small PATCH requests, one after another in each of some tasks.
struct Patches {
    let transport: CurlTransport
    let url: String
    let tls: TLSConfiguration

    func run(count: Int, tasks: Int) async throws {
        try await send(200, tasks: tasks)
        let before = Machine.usage()
        try await send(count, tasks: tasks)
        Machine.usage().report(since: before, per: count)
    }

    private func send(_ count: Int, tasks: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<tasks {
                group.addTask {
                    for _ in 0..<count / tasks { try await patch() }
                }
            }
            try await group.waitForAll()
        }
    }

    private func patch() async throws {
        let request = HTTPRequest(
            method: "PATCH", url: url,
            headers: [
                "Content-Type": "application/merge-patch+json", "Accept": "application/json",
                "Authorization": "Bearer 0123456789012345678901234567890123456789",
            ], body: [UInt8](repeating: UInt8(ascii: "x"), count: 200), tls: tls, totalTimeout: .seconds(65))
        _ = try await transport.send(request).body.collect()
    }
}
