/// Model settings after the pool's have been put under the task's.
package struct EffectiveModel: Sendable, Hashable {
    /// Whose namespace the Secret with the key lies in.
    package enum CredentialsOwner: Sendable, Hashable {
        case task
        case pool
    }

    package var provider: ModelProvider
    package var name: String?
    package var temperature: DecimalString?
    package var topP: DecimalString?
    package var maxTokens: Int?
    /// Nil where nobody set one: a vendor's model then draws as it likes.
    package var seed: Int64?
    package var baseURL: String?
    package var credentialsSecretRef: SecretKeyReference?
    package var credentialsOwner: CredentialsOwner
    package var conversationRef: ConversationReference?

    /// A key goes only with the address it was given for: as soon as the task names another provider or address than
    /// the pool, nothing that identifies the pool's account is taken over.
    init(task: ModelSettings, pool: ModelSettings, seed fallback: Int64?) {
        let sameProvider = task.provider == nil || task.provider == pool.provider
        let sameAddress = sameProvider && (task.baseURL == nil || task.baseURL == pool.baseURL)
        provider = task.provider ?? pool.provider ?? .auto
        name = task.name ?? (sameProvider ? pool.name : nil)
        temperature = task.temperature ?? pool.temperature
        topP = task.topP ?? pool.topP
        maxTokens = task.maxTokens ?? pool.maxTokens
        seed = task.seed ?? pool.seed ?? fallback
        baseURL = task.baseURL ?? (sameProvider ? pool.baseURL : nil)
        let inheritsKey = task.credentialsSecretRef == nil && sameAddress && pool.credentialsSecretRef != nil
        credentialsSecretRef = inheritsKey ? pool.credentialsSecretRef : task.credentialsSecretRef
        credentialsOwner = inheritsKey ? .pool : .task
        conversationRef = task.conversationRef
    }
}
