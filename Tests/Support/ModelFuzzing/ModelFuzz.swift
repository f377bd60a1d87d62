import Agent
import HTTP
import LanguageModels
import Primitives

/// Throws made-up and mangled input at everything that reads what a model or its server writes.
///
/// Deterministic by seed: an input that breaks something is made again from its number alone. What is held: nothing traps,
/// nothing takes more than its share of time, and no reader's outcome hangs on how the bytes were cut into pieces.
package struct ModelFuzz: Sendable {
    /// An input that broke a promise.
    package struct Finding: Error, Sendable, CustomStringConvertible {
        package var seed: UInt64
        package var description: String
    }

    /// What came of many inputs, so that a fuzz that only ever meets errors is seen to be one.
    package struct Tally: Sendable, Hashable {
        package var inputs = 0
        package var replies = 0
        package var failures = 0
        package var events = 0
        package var actions = 0
        package var formatErrors = 0

        package init(
            inputs: Int = 0, replies: Int = 0, failures: Int = 0, events: Int = 0, actions: Int = 0,
            formatErrors: Int = 0
        ) {
            self.inputs = inputs
            self.replies = replies
            self.failures = failures
            self.events = events
            self.actions = actions
            self.formatErrors = formatErrors
        }

        package static func + (left: Tally, right: Tally) -> Tally {
            Tally(
                inputs: left.inputs + right.inputs, replies: left.replies + right.replies,
                failures: left.failures + right.failures, events: left.events + right.events,
                actions: left.actions + right.actions, formatErrors: left.formatErrors + right.formatErrors)
        }
    }

    private static let parser = ActionParser(names: ["exec_shell", "get_logs"])
    private static let limit = 64 * 1024

    package init() {}

    package func run(seed: UInt64) throws(Finding) -> Tally {
        var generator = SeededGenerator(seed: seed)
        var tally = Tally(inputs: 1)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: try events(seed, &generator, &tally)
        case 1: try replies(seed, &generator, &tally)
        default: actions(&generator, &tally)
        }
        return tally
    }

    private func events(
        _ seed: UInt64, _ generator: inout SeededGenerator, _ tally: inout Tally
    ) throws(Finding) {
        let bytes = FuzzInput.stream(using: &generator)
        let limit = Int.random(in: 1...200, using: &generator)
        let whole = Self.split([bytes], limit: limit)
        let cut = Self.split(FuzzInput.pieces(bytes, using: &generator), limit: limit)
        // Which event is the first too long may be seen earlier or later; those before it are the same.
        guard whole.events.starts(with: cut.events) || cut.events.starts(with: whole.events),
            whole.isTooLong || cut.isTooLong || whole.events == cut.events
        else { throw Finding(seed: seed, description: "the events hang on how the stream was cut") }
        tally.events += whole.events.count
    }

    private static func split(
        _ pieces: [[UInt8]], limit: Int
    ) -> (events: [ServerSentEventSplitter.Event], isTooLong: Bool) {
        var splitter = ServerSentEventSplitter(limit: limit)
        var events: [ServerSentEventSplitter.Event] = []
        do {
            for piece in pieces {
                splitter.append(piece)
                while let event = try splitter.next() { events.append(event) }
            }
            return (events, false)
        } catch {
            return (events, true)
        }
    }

    private func replies(
        _ seed: UInt64, _ generator: inout SeededGenerator, _ tally: inout Tally
    ) throws(Finding) {
        let format = Bool.random(using: &generator) ? WireFormat.chatCompletions : .messages
        let streams = Bool.random(using: &generator)
        let bytes = FuzzInput.reply(format, streams: streams, using: &generator)
        let type = streams ? "text/event-stream" : "application/json"
        let whole = Self.outcome(format, type, [bytes])
        let cut = Self.outcome(format, type, FuzzInput.pieces(bytes, using: &generator))
        guard whole == cut else { throw Finding(seed: seed, description: "the reply hangs on how it was cut") }
        switch whole {
        case .success(let reply):
            tally.replies += 1
            for call in reply.toolCalls { _ = call.reading }
            guard reply.usage.map({ $0.inputTokens >= 0 && $0.outputTokens >= 0 && $0.totalTokens >= 0 }) ?? true else {
                throw Finding(seed: seed, description: "a usage below nothing")
            }
        case .failure(let failure):
            tally.failures += 1
            guard !"\(failure)".isEmpty else { throw Finding(seed: seed, description: "a failure without a reason") }
        }
    }

    private static func outcome(
        _ format: WireFormat, _ type: String, _ pieces: [[UInt8]]
    ) -> Result<ProviderReply, ModelError> {
        var reader = ReplyReader(format: format, contentType: type, limit: limit)
        do {
            for piece in pieces { if try reader.take(piece) { break } }
            return .success(try reader.finish())
        } catch {
            return .failure(error)
        }
    }

    private func actions(_ generator: inout SeededGenerator, _ tally: inout Tally) {
        do {
            _ = try Self.parser.parse(FuzzInput.action(using: &generator))
            tally.actions += 1
        } catch {
            tally.formatErrors += 1
        }
    }
}
