package import Primitives

/// Prices of the models we name, each row with the day from which it holds.
///
/// A model that is not in the table has an unknown price, which is not zero.
package struct PriceTable: Sendable, Hashable {
    package struct Row: Sendable, Hashable {
        package var model: String
        /// The row holds from this moment until the next row of the same model.
        package var from: Timestamp
        package var price: Price

        package init(model: String, from: Timestamp, price: Price) {
            self.model = model
            self.from = from
            self.price = price
        }
    }

    /// Day of the newest comparison; written beside every cost.
    package let version: String
    private let rows: [Row]

    package init(version: String, rows: [Row]) {
        self.version = version
        self.rows = rows.sorted { $0.from < $1.from }
    }

    /// The price of a model at a moment.
    ///
    /// Names match exactly but for what `ModelName.base` takes away.
    /// Only vendors' own endpoints have table prices: a compatible server elsewhere may charge anything.
    ///
    /// - Returns: nothing when the price is unknown.
    package func price(of model: ModelDescriptor, at moment: Timestamp) -> Price? {
        if model.isSimulated { return .free("simulated") }
        if model.isLocal { return .free("local") }
        guard model.isAtVendor, ["OpenAI", "Anthropic", "OpenRouter"].contains(model.provider) else { return nil }
        let name = ModelName.base(model.name)
        return rows.last { $0.model == name && $0.from <= moment }?.price
    }
}
