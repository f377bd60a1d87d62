import Agent
import Controllers
import Conversations
import CurlTransport
import JSON
import LanguageModels
import Primitives

/// The loop of an agent whose model answers at once and whose tools take no time.
struct Measurements {
    let place: ConversationPlace
    let curl: CurlTransport
    let time: any TimeSource

    /// What a run is measured after: connections are made and files are read by then.
    private static let warmUp = 5
    /// What is written for a byte does not depend on how many are written side by side, and the seal of one takes seconds.
    private static let mostSealed = 100

    /// From the model's reply to the next request at the model, and what of it the API server took.
    func latency(steps: Int) async throws {
        let server = try ModelServer(time: time)
        let model = ProviderModel(
            .compatible(baseURL: server.baseURL, model: "instant"), transport: curl, time: time, seed: 1)
        _ = try await run(0, steps: steps + Self.warmUp, model: model)
        let moments = server.moments.dropFirst(Self.warmUp)
        let exchanges = place.transport.exchanges
        var (whole, away): ([Duration], [Duration]) = ([], [])
        for (from, to) in zip(moments, moments.dropFirst()) {
            let within = exchanges.filter { $0.began >= from && $0.ended <= to }
            whole.append(to - from)
            away.append(within.reduce(.zero) { $0 + ($1.ended - $1.began) })
        }
        let own = zip(whole, away).map { $0 - $1 }
        report([
            "replies": Double(whole.count), "p50Milliseconds": percentile(50, of: whole),
            "p99Milliseconds": percentile(99, of: whole), "serverP50Milliseconds": percentile(50, of: away),
            "serverP99Milliseconds": percentile(99, of: away), "ownP50Milliseconds": percentile(50, of: own),
            "ownP99Milliseconds": percentile(99, of: own),
        ])
    }

    /// So many conversations side by side: messages stored a second, and what one byte of them costs.
    func append(conversations: Int, steps: Int) async throws {
        let began = time.monotonicNow()
        let runs = try await withThrowingTaskGroup(of: Run.self) { group in
            for number in 0..<conversations {
                group.addTask { try await run(number, steps: steps, model: InstantModel()) }
            }
            var runs: [Run] = []
            for try await run in group { runs.append(run) }
            return runs
        }
        let seconds = (time.monotonicNow() - began).seconds
        var figures = [
            "messagesPerSecond": Double(runs.reduce(0) { $0 + $1.messages }) / seconds
        ]
        if conversations <= Self.mostSealed {
            var bytes = 0
            for run in runs {
                bytes += try await run.keeper.seal(success: nil).entries.reduce(0) { $0 + $1.line.count + 1 }
            }
            let written = place.transport.exchanges.reduce(0) { $0 + $1.written }
            figures["writtenPerByte"] = Double(written) / Double(bytes)
        }
        report(figures)
    }

    private struct Run: Sendable {
        var keeper: ConversationKeeper
        var messages: Int
    }

    private func run(_ number: Int, steps: Int, model: any LanguageModel) async throws -> Run {
        let (identity, keeper) = try await place.conversation(number)
        let run = AgentRun(
            identity: identity,
            task: AgentTask(
                kind: .mitigation, application: "shop", namespace: "env", description: "A shop with four services."),
            strategy: .react, toolStyle: .native, model: model, toolbox: InstantHands(), journal: keeper,
            limits: AgentLimits(maxSteps: steps), time: time, redact: { $0 })
        return Run(keeper: keeper, messages: try await run.run().totals.messages)
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
