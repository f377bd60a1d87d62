import AIOpsAPI
import ControllerRuntime

// Measures the runtime alone, without a network: run it built for release, on one core for the rate.
//
// Each prints one line of JSON.
//
//     RuntimeBench noop [RECONCILES]
//     RuntimeBench latency [EVENTS]
//     RuntimeBench memory whole|packed|slim [OBJECTS]
let arguments = Array(CommandLine.arguments.dropFirst())
let number = arguments.last.flatMap { Int($0) }
let measurements = Measurements()
switch arguments.first {
case "noop": try await measurements.noOps(total: number ?? 1_000_000)
case "latency": try await measurements.latency(events: number ?? 5_000)
case "memory":
    let count = number ?? 100_000
    switch arguments.dropFirst().first {
    case "packed":
        let packing = Packing<AIOpsTask>()
        try await measurements.memory(count: count) { packing.pack($0) }
    case "slim": try await measurements.memory(count: count, keeping: SlimRow.init)
    default: try await measurements.memory(count: count) { $0 }
    }
default: print("usage: RuntimeBench noop|latency|memory …")
}
