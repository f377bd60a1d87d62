import CurlTransport
import Glibc
import Lifecycle
import Primitives
import Telemetry

// Measures the loop of an agent, with a model that answers at once and tools that take no time; shipped in no product.
//
// Each prints one line of JSON. PLACE is the path of a kubeconfig, or `memory` for a server in the process itself.
//
//     LoopBench latency PLACE NAMESPACE [STEPS]
//     LoopBench append PLACE NAMESPACE [CONVERSATIONS [STEPS [SECONDS]]] [text|random]
//
// SECONDS is what each reply takes by the clock; nobody waits for it.
let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count >= 3, ["latency", "append"].contains(arguments[0]) else {
    print("usage: LoopBench latency|append PLACE NAMESPACE …")
    exit(64)
}
let numbers = arguments.dropFirst(3).compactMap { Int($0) }
let content = arguments.compactMap { InstantHands.Content(rawValue: $0) }.first ?? .text
let time = PacedTime()
var settings = CurlConfiguration()
settings.proxies = .none
let curl = CurlTransport(configuration: settings)
let place = try ConversationPlace(arguments[1], namespace: arguments[2], over: curl, time: time)
let measurements = Measurements(place: place, curl: curl, time: time)
let isLatency = arguments[0] == "latency"
try await ServiceGroup([curl], logger: .disabled).run {
    if isLatency {
        try await measurements.latency(steps: numbers.first ?? 200)
    } else {
        try await measurements.append(
            conversations: numbers.first ?? 8, steps: numbers.dropFirst().first ?? 30, content: content,
            pace: .seconds(numbers.dropFirst(2).first ?? 0))
    }
}
