/// A model that can be asked.
package protocol LanguageModel: Sendable {
    var descriptor: ModelDescriptor { get }

    /// Asks once; passing failures are retried inside, within `timeLimit`.
    func complete(_ request: ModelRequest) async throws(ModelError) -> ModelReply

    /// An upper bound of what `complete` can use, to be set aside before the call.
    func worstCase(_ request: ModelRequest) -> TokenUsage

    /// Asks once, and at no cost, whether somebody is there who would answer.
    ///
    /// - Throws: what `complete` would throw, as far as it can be told before there is anything to ask.
    func probe() async throws(ModelError)

    /// What of a request's settings the model would refuse, whatever it is asked; nil where nothing is known.
    func objection(to request: ModelRequest) -> String?
}

extension LanguageModel {
    /// What needs nobody to answer is always there.
    package func probe() async throws(ModelError) {}

    package func objection(to request: ModelRequest) -> String? { nil }
}

/// Which model it is and whether its answers cost money.
package struct ModelDescriptor: Sendable, Hashable {
    /// The spelling of the API, for instance `OpenAI` or `Simulated`.
    package var provider: String
    package var name: String
    package var isSimulated: Bool
    /// Runs on this machine (a loopback address): it costs nothing per token.
    package var isLocal: Bool
    /// Asked at the vendor's own address, where the vendor's prices hold; a compatible server elsewhere may charge anything.
    package var isAtVendor: Bool
    /// Host and port that are asked, where there is a network; tables may have prices for one.
    package var host: String?
    /// Input and output of one call together, where that is known.
    package var contextTokens: Int?
    /// Known to take tools natively; false where it is not known.
    package var callsTools: Bool

    package init(
        provider: String, name: String, isSimulated: Bool = false, isLocal: Bool = false, isAtVendor: Bool = true,
        host: String? = nil, contextTokens: Int? = nil, callsTools: Bool = false
    ) {
        self.provider = provider
        self.name = name
        self.isSimulated = isSimulated
        self.isLocal = isLocal
        self.isAtVendor = isAtVendor
        self.host = host
        self.contextTokens = contextTokens
        self.callsTools = callsTools
    }
}
