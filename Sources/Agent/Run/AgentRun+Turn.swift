import Conversations
import JSON
import LanguageModels
import Primitives
import Telemetry

extension AgentRun {
    /// Stores what has happened, asks the model, stores its reply.
    ///
    /// - Returns: the limit that ended the run, if one did.
    func turn(
        _ messages: [ConversationMessage], _ state: inout State
    ) async throws(AgentError) -> AgentOutcome.StopReason? {
        var carry = messages
        var outage = ProviderOutage(identity: "\(identity)-\(state.record.entries.count)", limits: limits)
        let began = time.monotonicNow()
        let since = state.record.unansweredSince
        while true {
            if let stop = exhausted(state.progress) {
                if stop == .deadline, let since, limits.isSilent(since, until: now) {
                    throw .model(.timedOut, AskedInVain(tries: 1, time: now - since, isCutByTask: true))
                }
                try await conclude(carry, &state)
                return stop
            }
            let request = request(after: carry, state)
            let reservation = reservation(for: request)
            if let stop = try await overBudget(reservation, state.record.totals) {
                try await conclude(carry, &state)
                return stop
            }
            if let last = carry.indices.last { carry[last].reservation = reservation }
            try await persist(state.append(carry), state)
            let failure: ModelError
            switch await ask(request) {
            case .success(let reply):
                try await persist(state.append([message(for: reply, state)]), state)
                return nil
            case .failure(let error): failure = error
            }
            if failure == .cancelled || Task.isCancelled { throw .cancelled }
            logger.warning("the model did not answer", ["reason": "\(failure)"])
            if !failure.mayHaveBeenCharged {
                try await persist(state.append([AgentNotice.refused("\(failure)", at: now)]), state)
            }
            // The end of the task's time cut the call short. Anything else is the provider's failure, however late it is; so is
            // silence for as long as an outage is waited for, since nothing tells that an answer would have come.
            let silence = max(request.timeLimit, time.monotonicNow() - began)
            let wasSilent = silence >= limits.providerPatience || since.map { limits.isSilent($0, until: now) } ?? false
            let wasCutShort = failure == .timedOut && !wasSilent
            if wasCutShort || request.timeLimit <= .zero { return .deadline }
            guard failure.isRetryable else { throw .model(failure, .once) }
            let wait = outage.wait(after: failure, now: time.monotonicNow())
            let isCutByTask = isOver || wait.flatMap { wait in remaining.map { wait >= $0 } } ?? false
            guard let wait, !isCutByTask else {
                let time = time.monotonicNow() - began
                throw .model(failure, AskedInVain(tries: outage.failures, time: time, isCutByTask: isCutByTask))
            }
            try await sitOut(wait)
            carry = [
                failure.mayHaveBeenCharged
                    ? AgentNotice.lostReply("\(failure)", at: now) : AgentNotice.askedAgain(at: now)
            ]
        }
    }

    /// In short pieces: whoever asks for the end does not wait for the provider.
    private func sitOut(_ wait: Duration) async throws(AgentError) {
        let end = time.monotonicNow() + wait
        while true {
            let left = end - time.monotonicNow()
            if left <= .zero || isAskedToStop() { return }
            do { try await time.sleep(for: min(left, .seconds(8))) } catch { throw .cancelled }
        }
    }

    private static let longestCall = Duration.seconds(600)

    private func ask(_ request: ModelRequest) async -> Result<ModelReply, ModelError> {
        do {
            return .success(try await model.complete(request))
        } catch {
            return .failure(error)
        }
    }

    /// Stores the last outcome of a run that a limit ends; notices would only say that nothing follows.
    func conclude(_ carry: [ConversationMessage], _ state: inout State) async throws(AgentError) {
        if state.progress.next == .open || carry.contains(where: AgentNotice.isNotice) { return }
        try await persist(state.append(carry), state)
    }

    func request(after carry: [ConversationMessage], _ state: State) -> ModelRequest {
        var ahead = state.record
        _ = ahead.append(carry)
        var request = ModelRequest(
            messages: ContextWindow(limit: limits.contextBytes).messages(ahead.messages),
            tools: state.prompts.style == .native ? state.prompts.definitions : [],
            maxTokens: settings.maxTokens, temperature: settings.temperature, topP: settings.topP, seed: settings.seed,
            timeLimit: min(remaining ?? Self.longestCall, Self.longestCall), lostReply: .report,
            attempts: 1)
        request.turn = ahead.messages.count { $0.role == .assistant }
        return request
    }

    func message(for reply: ModelReply, _ state: State) -> ConversationMessage {
        var message = ConversationMessage(
            timestamp: now, role: .assistant, content: redact(reply.content),
            metadata: [
                "step": .integer(Int64(state.progress.steps + 1)), "phase": "agent",
                "model": .string(name(reply.modelID)), "finish": .string(name(reply.finishReason.name)),
            ],
            usage: MessageUsage(reply.usage), cost: cost(of: reply), latencyMilliseconds: reply.latency.milliseconds)
        if model.descriptor.isSimulated { message.metadata["simulated"] = true }
        if state.prompts.style == .native {
            message.toolCalls = RecordedCalls.make(
                reply.toolCalls, seq: state.record.entries.count + 1, after: state.record, redact: redact)
            message.reasoning = reply.reasoning
            if reply.toolCalls.count > 1 { message.metadata["calls"] = .integer(Int64(reply.toolCalls.count)) }
        }
        // As it is kept, or an action behind the cut would be told and counted that is never done.
        switch state.progress.reading(state.record.admitted(message)) {
        case .act(let action):
            message.metadata["action"] = .string(action.name)
            message.functionName = action.name
            message.functionArguments = action.json
        case .finished(let submission):
            message.metadata["action"] = "submit"
            message.functionName = "submit"
            message.functionArguments = submission.value
        case .reject, .declined, .open, .ask: message.metadata["action"] = .string(ConversationMessage.noAction)
        }
        return message
    }

    /// A server's word, short enough that it costs the message none of its facts.
    private func name(_ text: String) -> String { TextCut.prefix(redact(text), bytes: 256) }
}

extension MessageUsage {
    init(_ usage: TokenUsage) {
        self.init(
            inputTokens: usage.inputTokens, outputTokens: usage.outputTokens, cacheReadTokens: usage.cacheReadTokens,
            cacheWriteTokens: usage.cacheWriteTokens, reasoningTokens: usage.reasoningTokens,
            isEstimated: usage.isEstimated)
    }
}
