import CurlTransport
import HTTP
import Primitives

/// Open watches, idle but for the events that the server may be told to send.
struct Watches {
    let transport: CurlTransport
    let url: String
    let tls: TLSConfiguration

    func run(count: Int, seconds: Int) async throws {
        let events = Locked(0)
        let before = Machine.privateKilobytes()
        try await withThrowingTaskGroup(of: Void.self) { group in
            var opened = 0
            for _ in 0..<count {
                let response = try await transport.send(
                    HTTPRequest(url: url, tls: tls, pool: .watch, connectTimeout: .seconds(60), responseLimit: .max))
                opened += 1
                group.addTask {
                    for try await _ in response.body { events.withLock { $0 += 1 } }
                }
            }
            // Let the first chunks through before anything is counted.
            while events.withLock({ $0 }) < opened { try await Task.sleep(for: .milliseconds(20)) }
            let memory = Machine.privateKilobytes() - before
            let seen = events.withLock { $0 }
            let start = Machine.usage()
            print("open")
            Machine.flush()
            try await Task.sleep(for: .seconds(seconds))
            let arrived = events.withLock { $0 } - seen
            print("{\"watches\": \(opened), \"privateKilobytesEach\": \(Double(memory) / Double(opened)),")
            print("\"events\": \(arrived), \"secondsIdle\": \(seconds), \"perSecond\":")
            Machine.usage().report(since: start, per: seconds)
            print("}")
            Machine.flush()
            group.cancelAll()
        }
    }
}
