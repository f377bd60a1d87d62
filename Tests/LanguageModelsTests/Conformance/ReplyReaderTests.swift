import HTTP
import HTTPTesting
import LanguageModelTesting
import Primitives
import Testing

@testable import LanguageModels

struct ReplyReaderTests {
    private func outcome(_ wire: Wire, _ pieces: [[UInt8]], type: String? = nil) -> Result<ProviderReply, ModelError> {
        var reader = ReplyReader(
            format: wire.isAnthropic ? .messages : .chatCompletions, contentType: type ?? wire.contentType,
            limit: 1 << 20)
        do {
            for piece in pieces { if try reader.take(piece) { break } }
            return .success(try reader.finish())
        } catch {
            return .failure(error)
        }
    }

    /// Wherever the server dies, what has come is either the whole reply or none: never a reply that is cut.
    @Test(arguments: Wire.all, [Said.usual, .twoCalls]) func aCutAnywhereIsNeverAReply(wire: Wire, said: Said) throws {
        let bytes = Array(wire.body(said).utf8)
        let whole = try outcome(wire, [bytes]).get()
        for end in bytes.indices {
            switch outcome(wire, [Array(bytes[..<end])]) {
            case .success(let reply):
                #expect(reply.content == whole.content && reply.toolCalls == whole.toolCalls, "\(end)")
                #expect(reply.finishReason == whole.finishReason)
            case .failure(let failure):
                #expect(failure.mayHaveBeenCharged && failure.isRetryable, "\(end): \(failure)")
            }
        }
    }

    @Test(arguments: Wire.all, [Said.usual, .twoCalls]) func piecesDoNotMatter(wire: Wire, said: Said) throws {
        let bytes = Array(wire.body(said).utf8)
        let whole = try outcome(wire, [bytes]).get()
        for cut in bytes.indices {
            #expect(try outcome(wire, [Array(bytes[..<cut]), Array(bytes[cut...])]).get() == whole, "\(cut)")
        }
    }

    @Test(
        arguments: [
            (false, [#"{"choices":"#], "malformed"), (false, ["[DONE]"], "malformed"),
            (false, [#"{"choices":[{"delta":{"tool_calls":[{"index":999}]}}]}"#], "malformed"),
            (false, [#"{"choices":[{"delta":{"content":"a"},"finish_reason":"error"}]}"#], "lost"),
            (false, [#"{"error":{"code":"429","message":"slow down"}}"#], "rate"),
            (false, [#"{"choices":[{"delta":{"content":"a"}}]}"#, #"{"error":{"code":429}}"#], "lost"),
            (false, [#"{"error":{"message":"m","code":"insufficient_quota"}}"#], "quota"),
            (true, [#"{"type":"error","error":{"type":"authentication_error"}}"#], "authentication"),
            (true, [#"{"type":"error","error":{"type":"rate_limit_error","message":"m"}}"#], "rate"),
            (true, [#"{"type":"error","error":{"type":"invalid_request_error"}}"#], "invalid"),
            (true, [#"{"type":"content_block_delta","index":0,"delta":{}}"#], "malformed"),
            (true, [#"{"type":"message_stop"}"#], "malformed"), (true, ["7"], "lost"),
        ] as [(Bool, [String], String)])
    func illEventsHaveTheirReason(isAnthropic: Bool, events: [String], kind: String) {
        let wire = Wire(provider: isAnthropic ? .anthropic : .openAI, streams: true)
        let stream = events.map { "data: \($0)\n\n" }.joined()
        guard case .failure(let failure) = outcome(wire, [Array(stream.utf8)]) else {
            Issue.record("was taken")
            return
        }
        #expect(failure.kind == kind, "\(failure)")
    }

    /// Some servers always have the field, and nothing in it.
    @Test(arguments: [false, true]) func anEmptyRefusalIsNone(streams: Bool) throws {
        let wire = Wire(provider: .compatible, streams: streams)
        let body =
            streams
            ? #"data: {"choices":[{"delta":{"content":"a","refusal":""},"finish_reason":"stop"}]}"# + "\n\n"
            : #"{"choices":[{"message":{"content":"a","refusal":""},"finish_reason":"stop"}]}"#
        let reply = try outcome(wire, [Array(body.utf8)]).get()
        #expect(reply.finishReason == .stop && reply.refusal == nil && reply.content == "a")
    }

    /// Somebody else at the address, and half a reply, are told apart.
    @Test(
        arguments: [
            ("<html>", "text/html", "malformed", "a web page (text/html): check baseURL"),
            (" \n<!doctype html>", "application/json", "malformed", "a web page (application/json): check baseURL"),
            ("", "text/plain", "malformed", "nothing (text/plain): check baseURL"),
            ("hello", "text/plain", "malformed", "no JSON (text/plain, "),
            ("{\"choices\" 7}", "application/json", "malformed", "no JSON (application/json, "),
            ("{\"choices\":[", "application/json", "lost", "the reply ended in its middle, after 12 bytes"),
        ])
    func whatIsNoReplyIsTold(body: String, type: String, kind: String, words: String) {
        let wire = Wire(provider: .compatible, streams: false)
        guard case .failure(let failure) = outcome(wire, [Array(body.utf8)], type: type) else {
            Issue.record("was taken")
            return
        }
        #expect(failure.kind == kind && "\(failure)".contains(words), "\(failure)")
    }

    /// Nothing behind the last word spoils what is paid.
    @Test(arguments: Wire.streamed, ["data: {broken\n\n", "data: {\"error\":{\"message\":\"m\"}}\n\n"])
    func troubleBehindTheLastWordIsNone(wire: Wire, trouble: String) throws {
        let body = wire.body(.usual)
        let end = try #require(body.firstRange(of: wire.isAnthropic ? "event: message_stop" : "data: [DONE]"))
        let reply = try outcome(wire, [Array((body[..<end.lowerBound] + trouble).utf8)]).get()
        #expect(reply.content == Said.usual.text && reply.usage == wire.usage)
    }

    /// Half a megabyte of arguments a byte at a time takes a moment, not the square of it.
    @Test(.timeLimit(.minutes(1)), arguments: Wire.streamed) func manySmallPiecesAreTakenInPlace(wire: Wire) throws {
        let arguments = "{\"a\":\"" + String(repeating: "x", count: 20_000) + "\"}"
        let piece =
            wire.isAnthropic
            ? #"data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"x"}}"#
            : #"data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"x"}}]}}]}"#
        let body = wire.body(Said(calls: [ToolCall(id: "t", name: "f", arguments: arguments)], finish: .calls))
        let mark = wire.isAnthropic ? "event: content_block_stop" : Wire.chunk + "{},"
        let place = try #require(body.firstRange(of: mark))
        let more = String(repeating: piece + "\n\n", count: 20_000)
        let stream = String(body[..<place.lowerBound]) + more + String(body[place.lowerBound...])
        let reply = try outcome(wire, [Array(stream.utf8)]).get()
        #expect(reply.toolCalls.first?.arguments.utf8.count == arguments.utf8.count + 20_000)
    }

    /// One byte a second, in virtual time: slow is not dead.
    @Test(arguments: Wire.streamed) func aByteASecondArrives(wire: Wire) async throws {
        let time = SkippingTimeSource()
        let bytes = Array(wire.body(.usual).utf8)
        let transport = ScriptedTransport()
        let type = wire.contentType
        transport.otherwise { _ throws(HTTPError) in
            HTTPResponse(status: 200, headers: ["content-type": type], body: HTTPBody(SlowBody(bytes, time)))
        }
        let model = ProviderModel(wire.configuration("http://a.test/v1"), transport: transport, time: time, seed: 1)
        let reply = try await model.complete(Conversation.question)
        #expect(reply.content == Said.usual.text)
        #expect(reply.latency >= .seconds(bytes.count - 2))
        #expect(transport.requests.first?.idleTimeout != nil && transport.requests.count == 1)
    }
}

/// A byte, then a second of silence, and so on.
private final class SlowBody: HTTPBodySource {
    private let rest: Locked<[UInt8]>
    private let time: SkippingTimeSource

    init(_ bytes: [UInt8], _ time: SkippingTimeSource) {
        rest = Locked(bytes.reversed())
        self.time = time
    }

    func next() async throws(HTTPError) -> [UInt8]? {
        guard let byte = rest.withLock({ $0.popLast() }) else { return nil }
        do { try await time.sleep(for: .seconds(1)) } catch { throw .cancelled }
        return [byte]
    }

    func abandon() {}
}
