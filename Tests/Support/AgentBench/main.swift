import Agent
import BenchTesting
import Conversations
import JSON
import LanguageModels
import Primitives

// Holds many conversations at once in one process and prints what they take, as one line of JSON.
//
//     AgentBench [CONVERSATIONS [STEPS [BYTES]]]
//
// Each is a whole run of an agent over the real client of a provider, with a server that answers at once and within the
// process: STEPS commands, each with BYTES of output, then the submission. Nothing is written anywhere; in a cluster each message
// is, which takes longer and holds no more.
let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let count = numbers.first ?? 1_000
let steps = numbers.dropFirst().first ?? 8
let bytes = numbers.dropFirst(2).first ?? 2_048
let time = SystemTimeSource()
let provider = LoopbackProvider(
    steps: steps, first: Gathering(of: count), last: Gathering(of: count))
let hands = BenchHands(bytes: bytes)
let before = ProcessMemory.now
let began = time.monotonicNow()
let journals = await withTaskGroup(of: KeptJournal?.self) { group in
    for number in 0..<count {
        group.addTask {
            let journal = KeptJournal()
            let model = ProviderModel(
                .compatible(baseURL: "http://127.0.0.1:1/v1", model: "loopback"), transport: provider, time: time,
                seed: UInt64(number))
            let run = AgentRun(
                identity: "bench-\(number)-1",
                task: AgentTask(
                    kind: .detection, application: "shop", namespace: "env-\(number)", description: "A shop."),
                strategy: .react, model: model, toolbox: hands, journal: journal,
                limits: AgentLimits(maxSteps: steps + 2), time: time, redact: { $0 })
            do { return try await run.run().stopReason == .submitted ? journal : nil } catch { return nil }
        }
    }
    var ended: [KeptJournal] = []
    for await case let journal? in group { ended.append(journal) }
    return ended
}
let seconds = (time.monotonicNow() - began).seconds
let messages = journals.reduce(0) { $0 + $1.messages }
let memory = ProcessMemory.now
let figures: JSONValue = [
    "conversations": .integer(Int64(journals.count)), "messages": .integer(Int64(messages)),
    "bytes": .integer(Int64(journals.reduce(0) { $0 + $1.bytes })), "seconds": JSONValue(seconds),
    "messagesPerSecond": JSONValue(Double(messages) / seconds),
    "residentBeforeKilobytes": .integer(Int64(before.resident)), "peakKilobytes": .integer(Int64(memory.peak)),
]
print(figures.text)
