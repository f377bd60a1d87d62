import LanguageModels
import Testing

/// What OpenAI and Anthropic refuse a request for: each call has its result right behind its turn, in the order of the calls,
/// and no result stands anywhere else.
func expectPairs(_ request: ModelRequest, sourceLocation: SourceLocation = #_sourceLocation) {
    var awaited: [String] = []
    var seen: Set<String> = []
    for message in request.messages {
        if message.role == .tool {
            #expect(message.toolCallID == awaited.first, "a result without its call", sourceLocation: sourceLocation)
            awaited = Array(awaited.dropFirst())
            continue
        }
        #expect(awaited.isEmpty, "calls without a result: \(awaited)", sourceLocation: sourceLocation)
        awaited = message.toolCalls.map(\.id)
        for call in message.toolCalls {
            #expect(seen.insert(call.id).inserted, "\(call.id) comes twice", sourceLocation: sourceLocation)
            guard case .object = call.reading else {
                Issue.record("\(call.arguments) is no object", sourceLocation: sourceLocation)
                return
            }
        }
    }
    #expect(awaited.isEmpty, "calls without a result: \(awaited)", sourceLocation: sourceLocation)
}
