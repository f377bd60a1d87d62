/// Gives the replies of a recorded conversation again, each in its turn.
///
/// Of what it is asked it takes the number of the turn, which outlives a crash as the record does, and the namespace it is told:
/// an environment has a name of its own, and the commands of the old one go to the new one. Everything else is as it was, so a
/// command that names a pod finds another.
package struct ReplayModel: LanguageModel {
    /// What was said in a turn.
    package struct Reply: Sendable, Hashable {
        package var content: String
        package var toolCalls: [ToolCall]
        package var finish: String?
        package var usage: TokenUsage

        package init(content: String, toolCalls: [ToolCall], finish: String?, usage: TokenUsage) {
            self.content = content
            self.toolCalls = toolCalls
            self.finish = finish
            self.usage = usage
        }
    }

    private let name: String
    private let replies: [Reply]
    private let namespace: String?

    /// The name is the conversation's; the prompts are what the first reply was given for, and the replies name the namespace
    /// that stands in them.
    package init(name: String, prompts: [ChatMessage], replies: [Reply]) {
        self.name = name
        self.replies = replies
        namespace = Briefing(prompts)?.namespace
    }

    private var callsTools: Bool { replies.contains { !$0.toolCalls.isEmpty } }

    package var descriptor: ModelDescriptor {
        ModelDescriptor(provider: "Replay", name: name, isSimulated: true, callsTools: callsTools)
    }

    /// Nobody is asked, so the call of a turn can use what it has used, and no more.
    package func worstCase(_ request: ModelRequest) -> TokenUsage {
        replies.indices.contains(request.turn) ? replies[request.turn].usage : TokenUsage()
    }

    package func complete(_ request: ModelRequest) async throws(ModelError) -> ModelReply {
        if Task.isCancelled { throw .cancelled }
        guard replies.indices.contains(request.turn) else {
            throw .invalidRequest("conversation \(name) has \(replies.count) replies and no more")
        }
        guard callsTools == !request.tools.isEmpty else {
            let style = callsTools ? "native calls" : "code blocks"
            throw .invalidRequest(
                "conversation \(name) has \(style): leave spec.agent.toolStyle out, or set it to that")
        }
        let reply = replies[request.turn]
        let here = Briefing(request.messages)?.namespace
        let calls = reply.toolCalls.map { call in
            var call = call
            call.arguments = translated(call.arguments, to: here)
            return call
        }
        return ModelReply(
            content: translated(reply.content, to: here), toolCalls: calls,
            finishReason: ModelReply.FinishReason(recorded: reply.finish, callsTools: !calls.isEmpty),
            usage: reply.usage, modelID: name)
    }

    private func translated(_ text: String, to here: String?) -> String {
        guard let namespace, let here, namespace != here else { return text }
        return text.replacing(namespace, with: here)
    }
}

extension ModelReply.FinishReason {
    fileprivate init(recorded name: String?, callsTools: Bool) {
        switch name {
        case "length": self = .length
        case "content_filter": self = .contentFilter
        case "refusal": self = .refusal
        default: self = callsTools ? .toolCalls : .stop
        }
    }
}
