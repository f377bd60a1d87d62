import CommandLineInterface
import Commands
import CurlTransport
import Glibc
import HTTP
import Lifecycle
import Telemetry

// Wiring only: the edges of the process are chosen here and nowhere else.
let version = "0.1.0"

struct Idle: Lifecycle.Service {
    let name = "no server yet"
    func run() async throws { while true { try await Task.sleep(for: .seconds(3600)) } }
}

var environment: [String: String] = [:]
var entry = environ
while let text = entry.pointee {
    let pair = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    if pair.count == 2 { environment[String(pair[0])] = String(pair[1]) }
    entry += 1
}

let manager = ManagerCommand(
    ManagerCommand.Wiring(
        version: version, environment: environment, hostName: environment["HOSTNAME"] ?? "local",
        transport: CurlTransport(), server: { _, _, _ in Idle() }, signals: { try Signals() }))
let program = CommandLineProgram(
    root: Command(
        name: "aiops-operator", summary: "Run LLM agents against real systems from Kubernetes custom resources",
        subcommands: [manager.command]), version: version)
exit(await program.run(Array(CommandLine.arguments.dropFirst())))
