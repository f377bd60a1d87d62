import CommandLineInterface
import Commands
import CurlTransport
import Glibc
import HTTP
import HTTPServer
import Lifecycle

// Wiring only: the edges of the process are chosen here and nowhere else.

/// Caught before anything else is made, and until the process has ended: from here on a signal is an orderly end.
let signals = Result { () throws(Signals.Failed) in try Signals() }
let version = "0.1.0"

/// Every address means both families where the kernel has both.
@Sendable func listen(_ address: ListenAddress, _ handler: @escaping HTTPHandler) throws -> (any Service, port: UInt16)
{
    let server: HTTPServer
    if address.host.isEmpty {
        do {
            server = try HTTPServer(address: "::", port: address.port, handler: handler)
        } catch {
            server = try HTTPServer(address: "0.0.0.0", port: address.port, handler: handler)
        }
    } else {
        server = try HTTPServer(address: address.host, port: address.port, handler: handler)
    }
    return (server, server.port)
}

func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}

var environment: [String: String] = [:]
var entry = environ
while let text = entry.pointee {
    let pair = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    if pair.count == 2 { environment[String(pair[0])] = String(pair[1]) }
    entry += 1
}

let (transport, leaseTransport) = (CurlTransport(), CurlTransport())
let manager = ManagerCommand(
    ManagerCommand.Wiring(
        version: version, environment: environment, hostName: hostName(),
        transport: transport, leaseTransport: leaseTransport, server: listen,
        isAlive: { transport.isAlive && leaseTransport.isAlive },
        signals: { [signals] in try signals.get() }, exit: { _exit($0) }))
let conversation = ConversationCommand(
    ConversationCommand.Wiring(environment: environment, transport: CurlTransport()))
let program = CommandLineProgram(
    root: Command(
        name: "aiops-operator", summary: "Run LLM agents against real systems from Kubernetes custom resources",
        subcommands: [manager.command, conversation.command]), version: version)
exit(await program.run(Array(CommandLine.arguments.dropFirst())))
