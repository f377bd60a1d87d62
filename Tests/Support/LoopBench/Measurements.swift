import Agent
import Controllers
import Conversations
import CurlTransport
import JSON
import KubernetesModel
import LanguageModels
import Primitives

/// The loop of an agent whose model answers at once and whose tools take no time.
struct Measurements {
    let place: ConversationPlace
    let curl: CurlTransport
    let time: PacedTime

    /// What a run is measured after: connections are made and files are read by then.
    private static let warmUp = 5
    /// What is written for a byte does not depend on how many are written side by side, and the seal of one takes seconds.
    private static let mostSealed = 100

    /// From the model's reply to the next request at the model, and what of it the API server took.
    func latency(steps: Int) async throws {
        let server = try ModelServer(time: time)
        let model = ProviderModel(
            .compatible(baseURL: server.baseURL, model: "instant"), transport: curl, time: time, seed: 1)
        let whole = try await run(0, steps: steps + Self.warmUp, model: model, hands: InstantHands(.text))
        try await place.remove(whole.task)
        let moments = server.moments.dropFirst(Self.warmUp)
        let exchanges = place.transport.exchanges
        var (turns, away): ([Duration], [Duration]) = ([], [])
        for (from, to) in zip(moments, moments.dropFirst()) {
            let within = exchanges.filter { $0.began >= from && $0.ended <= to }
            turns.append(to - from)
            away.append(within.reduce(.zero) { $0 + ($1.ended - $1.began) })
        }
        let own = zip(turns, away).map { $0 - $1 }
        report([
            "replies": Double(turns.count), "p50Milliseconds": percentile(50, of: turns),
            "p99Milliseconds": percentile(99, of: turns), "serverP50Milliseconds": percentile(50, of: away),
            "serverP99Milliseconds": percentile(99, of: away), "ownP50Milliseconds": percentile(50, of: own),
            "ownP99Milliseconds": percentile(99, of: own),
        ])
    }

    /// So many conversations side by side: messages stored a second, and what one byte of them costs: as it is kept in etcd, and
    /// as the server tells it, in JSON.
    ///
    /// `pace` is what the clock says that each reply took; with another than zero, one conversation at a time tells something.
    func append(conversations: Int, steps: Int, content: InstantHands.Content, pace: Duration) async throws {
        let began = time.monotonicNow()
        let runs = try await withThrowingTaskGroup(of: Run.self) { group in
            for number in 0..<conversations {
                group.addTask {
                    try await run(
                        number, steps: steps, model: InstantModel(time: time, pace: pace), hands: InstantHands(content))
                }
            }
            var runs: [Run] = []
            for try await run in group { runs.append(run) }
            return runs
        }
        let seconds = (time.monotonicNow() - began).seconds
        var figures: [String: Double] = [:]
        if pace == .zero { figures["messagesPerSecond"] = Double(runs.reduce(0) { $0 + $1.messages }) / seconds }
        if conversations <= Self.mostSealed {
            var (bytes, kept) = (0, 0)
            for run in runs {
                // Each is written once: what lies there before the seal is every flush, and behind it every segment.
                kept += try await place.stored(run.identity)
                bytes += try await run.keeper.seal(success: nil).entries.reduce(0) { $0 + $1.line.count + 1 }
                kept += try await place.stored(run.identity)
            }
            let exchanges = place.transport.exchanges
            let index = exchanges.reduce(0) { $0 + ($1.isIndex ? $1.written : 0) }
            figures["storedPerByte"] = Double(kept + index) / Double(bytes)
            figures["toldPerByte"] = Double(exchanges.reduce(0) { $0 + $1.written }) / Double(bytes)
            figures["indexPerByte"] = Double(index) / Double(bytes)
            figures["bytesOfOne"] = Double(bytes / runs.count)
        }
        report(figures)
        for run in runs { try await place.remove(run.task) }
    }

    private struct Run: Sendable {
        var task: ObjectKey
        var identity: String
        var keeper: ConversationKeeper
        var messages: Int
    }

    private func run(
        _ number: Int, steps: Int, model: any LanguageModel, hands: InstantHands
    ) async throws -> Run {
        let (task, identity, keeper) = try await place.conversation(number)
        let run = AgentRun(
            identity: identity,
            task: AgentTask(
                kind: .mitigation, application: "shop", namespace: "env", description: "A shop with four services."),
            strategy: .react, toolStyle: .native, model: model, toolbox: hands, journal: keeper,
            limits: AgentLimits(maxSteps: steps), time: time, redact: { $0 })
        return Run(task: task, identity: identity, keeper: keeper, messages: try await run.run().totals.messages)
    }

    private func percentile(_ share: Int, of durations: [Duration]) -> Double {
        let sorted = durations.sorted()
        guard !sorted.isEmpty else { return 0 }
        return Double(sorted[min(sorted.count - 1, sorted.count * share / 100)].microseconds) / 1000
    }

    private func report(_ figures: [String: Double]) {
        print(String(decoding: figures.jsonBytes(), as: UTF8.self))
    }
}
