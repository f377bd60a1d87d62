import Conversations
import JSON
import Lifecycle
import Primitives
import Telemetry

extension AgentRun {
    /// Does the action and makes its outcome a message.
    func act(
        _ action: AgentAction, isResumed: Bool, _ progress: AgentProgress
    ) async throws(AgentError) -> ConversationMessage {
        let start = time.monotonicNow()
        let isRepeatable = isRepeatable(action)
        var observation = Self.unknownOutcome(seen: "")
        if !isResumed || isRepeatable { observation = try await perform(action, isRepeatable: isRepeatable) }
        var message = ConversationMessage(
            timestamp: now, role: .function,
            content: OutputBound.bounded(
                redact(observation.text), bytes: limits.observationBytes, isOfCommand: isShell(action)),
            functionName: action.name, functionArguments: action.json,
            metadata: ["step": .integer(Int64(progress.steps)), "phase": "observation"],
            latencyMilliseconds: (time.monotonicNow() - start).milliseconds)
        if !observation.metadata.isEmpty { message.functionResult = .object(observation.metadata) }
        return message
    }

    /// Tries an action until its outcome is known, or until it cannot be known any more.
    ///
    /// What certainly was not done is tried again, whatever it is. What may have been done is tried again only when it
    /// changes nothing; of everything else the agent is told that nobody knows, so that it can look.
    func perform(_ action: AgentAction, isRepeatable: Bool) async throws(AgentError) -> Observation {
        var attempt = 1
        while true {
            let failure: ToolError
            do {
                return try await withinTime(action)
            } catch {
                failure = error
            }
            if failure.isCancelled || Task.isCancelled { throw .cancelled }
            if failure.mayHaveTakenEffect, !isRepeatable {
                logger.warning(
                    "the outcome of a call is unknown", ["tool": .string(action.name), "reason": "\(failure)"])
                return Self.unknownOutcome(seen: failure.seen)
            }
            if !failure.isRetryable || attempt >= limits.toolAttempts { throw .tool(failure) }
            logger.warning("a tool failed and is tried again", ["tool": .string(action.name), "reason": "\(failure)"])
            try await pause(attempt)
            attempt += 1
        }
    }

    func withinTime(_ action: AgentAction) async throws(ToolError) -> Observation {
        guard let remaining else { return try await toolbox.perform(action) }
        let toolbox = toolbox
        do {
            return try await withDeadline(remaining, time: time) { try await toolbox.perform(action) }
        } catch is DeadlineExceeded {
            return Observation(text: "The time for the whole task was over before the call ended.")
        } catch let error as ToolError {
            throw error
        } catch {
            throw ToolError(
                "\(error)", isRetryable: false, isCancelled: error is CancellationError, cause: error)
        }
    }

    func isRepeatable(_ action: AgentAction) -> Bool {
        switch prompts.offered.first(where: { $0.name == action.name })?.effect {
        case .readOnly: true
        case .shell(let argument):
            action.string(argument, at: 0).map(ReadOnlyCommands.isReadOnly) ?? false
        case .mutating, nil: false
        }
    }

    func isShell(_ action: AgentAction) -> Bool {
        prompts.offered.contains { $0.name == action.name && $0.isShell }
    }

    static func unknownOutcome(seen: String) -> Observation {
        Observation(
            text: "The outcome of this call is unknown: the connection was lost while it ran. It may or may not have "
                + "taken effect. Look at the present state before you do it again."
                + (seen.isEmpty ? "" : "\nUntil then it had written:\n\(seen)"),
            metadata: ["outcome": "unknown"])
    }
}
