import CurlTransport
import Glibc
import HTTP
import Lifecycle
import Telemetry

/// What the transport costs; `scripts/measure/transport.py` runs it beside libcurl alone and prints the comparison.
///
/// usage: TransportBench patch URL CA COUNT CONCURRENCY 1.1|2
///        TransportBench watch URL CA COUNT SECONDS 1.1|2
let arguments = CommandLine.arguments
guard arguments.count == 7, let count = Int(arguments[4]), let last = Int(arguments[5]) else {
    print("usage: TransportBench patch|watch URL CA COUNT CONCURRENCY|SECONDS 1.1|2")
    exit(2)
}
let url = arguments[2]
let tls = TLSConfiguration(caPEM: try Machine.read(arguments[3]))
var configuration = CurlConfiguration()
configuration.proxies = .none
configuration.multiplexed = arguments[6] == "2" ? Set(HTTPPool.allCases) : []
configuration.watchConnections = 4

let transport = CurlTransport(configuration: configuration)
try await ServiceGroup([transport], logger: .disabled).run {
    switch arguments[1] {
    case "patch": try await Patches(transport: transport, url: url, tls: tls).run(count: count, tasks: last)
    default: try await Watches(transport: transport, url: url, tls: tls).run(count: count, seconds: last)
    }
}
