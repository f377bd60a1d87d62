import HTTP
import LanguageModelTesting
import LanguageModels
import Testing

/// Each provider's client against a server on loopback that speaks its format, whole and streamed.
@Suite(.timeLimit(.minutes(2))) struct ConformanceTests {
    @Test(arguments: Wire.all, [Said.usual, .oneCall, .twoCalls, .refused, .filtered, .cut, .nothing])
    func whatIsSaidArrives(wire: Wire, said: Said) async throws {
        let talk = Conversation(wire: wire)
        let result = try await talk.held(talk.http(wire.body(said)))
        let reply = try result.outcome.get()
        #expect(reply.content == said.text)
        #expect(reply.toolCalls == said.calls)
        let finish: ModelReply.FinishReason =
            switch said.finish {
            case .stop: .stop
            case .length: .length
            case .calls: .toolCalls
            case .refusal: .refusal
            case .filtered: wire.isAnthropic ? .refusal : .contentFilter
            }
        #expect(reply.finishReason == finish)
        #expect(reply.usage == wire.usage)
        #expect(reply.reportedCost == wire.cost)
        #expect(reply.modelID == "gpt-x-1")
        #expect(result.requests.count == 1)
    }

    /// Sent in pieces of one byte; that every cut of events, lines and characters is read alike, `ReplyReaderTests` prove.
    @Test(arguments: Wire.all) func byteAfterByte(wire: Wire) async throws {
        let talk = Conversation(wire: wire)
        let bytes = talk.http(wire.body(.usual))
        let answer = LoopbackModelServer.Answer(pieces: bytes.map { [$0] })
        let reply = try await talk.held(answer).outcome.get()
        #expect(reply.content == Said.usual.text && reply.usage == wire.usage)
    }

    /// Anthropic's whole answers hold an object, which cannot be anything else.
    @Test(arguments: Wire.all.filter { !$0.isAnthropic || $0.streams })
    func argumentsThatAreNoJSONAreToldApart(wire: Wire) async throws {
        let talk = Conversation(wire: wire)
        let said = Said(calls: [ToolCall(id: "t1", name: "get_logs", arguments: #"{"service":"#)], finish: .calls)
        let reply = try await talk.held(talk.http(wire.body(said))).outcome.get()
        #expect(reply.toolCalls == said.calls)
        guard case .malformed = try #require(reply.toolCalls.first).reading else {
            Issue.record("\(reply.toolCalls) was read")
            return
        }
    }

    enum Ill: String, CaseIterable, Sendable {
        case cutInAnEvent, cutInACharacter, nothingAtAll, silence, errorInside200, errorInTheStream, page, tooLarge
    }

    /// What went wrong while a reply was made may have been paid: it is reported at once, and never asked for again.
    @Test(arguments: Wire.all, Ill.allCases) func aLostReplyIsReportedOnce(wire: Wire, ill: Ill) async throws {
        var talk = Conversation(wire: wire)
        talk.change = { configuration in
            configuration.attemptTimeout = .seconds(ill == .silence ? 1 : 30)
            configuration.replyLimit = 1 << 20
        }
        let whole = talk.http(wire.body(.usual))
        var expected = "lost"
        let answer: LoopbackModelServer.Answer
        switch ill {
        case .cutInAnEvent:
            answer = .init(pieces: [Array(whole.prefix(whole.firstRange(of: Array("llo".utf8))!.lowerBound))])
        case .cutInACharacter:
            answer = .init(pieces: [Array(whole.prefix(whole.firstRange(of: Array("é".utf8))!.lowerBound + 1))])
        case .nothingAtAll:
            answer = .init(pieces: [talk.http("")])
            if !wire.streams { expected = "malformed" }
        case .silence:
            answer = .init(
                pieces: [Array(whole.prefix(whole.firstRange(of: Array("llo".utf8))!.lowerBound))],
                isSilentAfterwards: true)
            expected = "timedOut"
        case .errorInside200: answer = .init(pieces: [talk.http(wire.errorInside(message: "broke"))])
        case .errorInTheStream:
            let begun = wire.streams ? wire.beginning : ""
            answer = .init(pieces: [talk.http(begun + wire.errorInside(message: "broke"))])
        case .page:
            answer = .init(pieces: [talk.http("<html>log in</html>", type: "text/html")])
            expected = "malformed"
        case .tooLarge:
            answer = .init(pieces: [talk.http(wire.body(Said(text: String(repeating: "x", count: (1 << 20) + 64))))])
            expected = "malformed"
        }
        let result = try await talk.held(answer)
        guard case .failure(let failure) = result.outcome else {
            Issue.record("\(result.outcome)")
            return
        }
        #expect(failure.kind == expected, "\(failure)")
        #expect(failure.mayHaveBeenCharged && failure.isRetryable && !failure.isUserError)
        #expect(result.requests.count == 1)
        if ill == .page, !wire.streams { #expect("\(failure)".contains("a web page (text/html): check baseURL")) }
        if ill == .errorInside200 || ill == .errorInTheStream {
            // Nothing was lost on its way, and no status was an error.
            #expect("\(failure)".contains("broke") && !"\(failure)".contains("HTTP"), "\(failure)")
            #expect(!"\(failure)".contains("connection"))
        }
    }

    /// 10 MB are not too much by default, and what is beyond is refused as soon as it is seen.
    @Test(arguments: Wire.all, [(9 << 20, "ok"), (11 << 20, "malformed")])
    func tenMegabytes(wire: Wire, size: (bytes: Int, outcome: String)) async throws {
        let talk = Conversation(wire: wire)
        let text = String(repeating: "0123456789abcdef", count: size.bytes / 16)
        let result = try await talk.held(talk.http(wire.body(Said(text: text))))
        switch result.outcome {
        case .success(let reply): #expect(size.outcome == "ok" && reply.content.utf8.count == size.bytes)
        case .failure(let failure): #expect(failure.kind == size.outcome, "\(failure)")
        }
        #expect(result.requests.count == 1)
    }

    /// A server that was asked for a stream and knows none, and one that streams unasked.
    @Test(arguments: Wire.all) func theServerDecidesWhetherItStreams(wire: Wire) async throws {
        let other = Wire(provider: wire.provider, streams: !wire.streams)
        let talk = Conversation(wire: wire)
        let answer = talk.http(other.body(.oneCall), type: other.contentType)
        let reply = try await talk.held(answer).outcome.get()
        #expect(reply.content == "look" && reply.toolCalls == Said.oneCall.calls && reply.usage == wire.usage)
    }

    @Test(
        arguments: Wire.all,
        [
            ("401 Unauthorized", "", "authentication", 1), ("403 Forbidden", "", "authentication", 1),
            ("400 Bad Request", "", "invalid", 1), ("404 Not Found", "", "invalid", 1),
            ("402 Payment Required", "", "quota", 1), ("429 Too Many Requests", "retry-after: 7\r\n", "rate", 3),
            ("429 Too Many Requests", "", "rate", 3), ("500 Oops", "", "unavailable", 3),
            ("503 Unavailable", "", "unavailable", 3), ("529 Overloaded", "", "unavailable", 3),
            ("502 Bad Gateway", "", "lost", 1), ("504 Gateway Timeout", "", "lost", 1),
        ])
    func refusals(wire: Wire, refusal: (status: String, headers: String, kind: String, requests: Int)) async throws {
        let talk = Conversation(wire: wire)
        let body = #"{"type":"error","error":{"type":"t","message":"no, \#(Wire.key)"}}"#
        let result = try await talk.held(
            talk.http(body, status: refusal.status, type: "application/json", headers: refusal.headers))
        guard case .failure(let failure) = result.outcome else {
            Issue.record("\(result.outcome)")
            return
        }
        #expect(failure.kind == refusal.kind)
        #expect(!"\(failure)".contains(Wire.key))
        #expect("\(failure)".contains("HTTP \(refusal.status.prefix(3)): no, "), "\(failure)")
        #expect(!"\(failure)".contains("reached") && !"\(failure)".contains("connection"))
        #expect(result.requests.count == refusal.requests)
        #expect(failure.mayHaveBeenCharged == (refusal.kind == "lost"))
        #expect(failure.isUserError == ["authentication", "invalid", "quota"].contains(refusal.kind))
        if !refusal.headers.isEmpty { #expect(result.waits == [.seconds(7), .seconds(7)]) }
        if refusal.requests == 3, refusal.headers.isEmpty {
            #expect((Duration.milliseconds(1500)...(.seconds(2))).contains(result.waits[0]))
            #expect((Duration.seconds(3)...(.seconds(4))).contains(result.waits[1]))
        }
    }

    /// A bill for more than any model can take is no bill: the bound is charged, and marked as an estimate.
    @Test(arguments: Wire.all, [("1000000000000000", false), ("9223372036854775807", false), ("20000", true)])
    func usageThatCannotBeIsNotBelieved(wire: Wire, figure: (text: String, isBelieved: Bool)) async throws {
        let talk = Conversation(wire: wire)
        let name = wire.isAnthropic ? "output_tokens" : "completion_tokens"
        let body = wire.body(.usual).replacing("\"\(name)\":5", with: "\"\(name)\":\(figure.text)")
        let reply = try await talk.held(talk.http(body)).outcome.get()
        #expect(reply.content == Said.usual.text && reply.usage.isEstimated != figure.isBelieved)
        #expect(reply.usage.outputTokens == (figure.isBelieved ? 20_000 : 10))
        #expect(reply.usage.inputTokens >= 12 && reply.usage.totalTokens < 100_000)
    }

    /// Nor for fewer than there must have been: whoever asks and is answered has used tokens, whatever the bill says.
    @Test(arguments: Wire.all, ["0", "-5", "\"5\"", "5.5", "null"])
    func usageOfNothingIsNotBelieved(wire: Wire, figure: String) async throws {
        let talk = Conversation(wire: wire)
        let body = wire.body(.usual)
        let output = wire.isAnthropic ? "output_tokens" : "completion_tokens"
        let free = body.replacing("\"\(output)\":5", with: "\"\(output)\":\(figure)")
        let answered = try await talk.held(talk.http(free)).outcome.get()
        #expect(answered.usage.isEstimated && (2...10).contains(answered.usage.outputTokens), "\(answered.usage)")
        #expect(answered.usage.inputTokens >= 12)
        guard !wire.isAnthropic else { return }
        let unasked = body.replacing("\"prompt_tokens\":12", with: "\"prompt_tokens\":\(figure)")
        let asked = try await talk.held(talk.http(unasked)).outcome.get()
        #expect(asked.usage.isEstimated && asked.usage.inputTokens > 12, "\(asked.usage)")
    }

    /// A stream that ends behind the last word has brought the reply; its bill is the bound where it is not known.
    @Test(arguments: Wire.streamed) func whatIsPaidAndThereIsNotAskedForAgain(wire: Wire) async throws {
        let talk = Conversation(wire: wire)
        let stream = wire.body(.usual)
        let end = wire.isAnthropic ? "event: message_stop" : Wire.envelope + "],"
        let cut = try #require(stream.firstRange(of: end))
        let bytes = talk.http(stream)
        let left = stream[cut.lowerBound...].utf8.count
        let result = try await talk.held(Array(bytes.dropLast(left)))
        let reply = try result.outcome.get()
        #expect(reply.content == Said.usual.text && reply.finishReason == .stop)
        #expect(wire.isAnthropic ? reply.usage == wire.usage : reply.usage.isEstimated)
        #expect(reply.usage.outputTokens >= 5 && reply.usage.inputTokens >= 12)
        #expect(result.requests.count == 1)
    }
}
