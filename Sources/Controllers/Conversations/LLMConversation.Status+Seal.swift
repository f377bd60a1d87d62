import AIOpsAPI
import Conversations

extension LLMConversation.Status {
    /// Whether what is stored is part of the conversation: nothing that comes after its seal is.
    ///
    /// A create that was on its way when its writer was stopped arrives all the same, and nobody waits for the answer.
    func includes(_ flush: Flush) -> Bool { !complete || flush.firstSeq <= totalMessages }
}
