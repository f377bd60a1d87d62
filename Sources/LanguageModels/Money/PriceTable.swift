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
        /// Nil for a price of vendors; else the one host, or host and port, where it holds.
        package var host: String?

        package init(model: String, from: Timestamp, price: Price, host: String? = nil) {
            self.model = model
            self.from = from
            self.price = price
            self.host = host
        }
    }

    /// Day of the newest comparison, or the name of an administrator's own table and that day; written beside every cost.
    package let version: String
    private let rows: [Row]

    package init(version: String, rows: [Row]) {
        self.version = version
        self.rows = rows.sorted { $0.from < $1.from }
    }

    /// This table with rows of `other` in place of its own of the same model, from the day of the first of them.
    package func replacing(with other: PriceOverride) -> PriceTable {
        var firstDays: [String: Timestamp] = [:]
        for row in other.rows where row.host == nil {
            firstDays[row.model] = min(firstDays[row.model] ?? row.from, row.from)
        }
        let kept = rows.filter { row in row.host != nil || firstDays[row.model].map { row.from < $0 } ?? true }
        return PriceTable(version: "\(other.version)+\(version)", rows: kept + other.rows)
    }

    /// The price of a model at a moment.
    ///
    /// At vendors names match exactly but for what `ModelName.base` takes away.
    /// Only vendors' own endpoints have prices of vendors: a compatible server elsewhere may charge anything, unless a row
    /// names its host.
    ///
    /// - Returns: nothing when the price is unknown.
    package func price(of model: ModelDescriptor, at moment: Timestamp) -> Price? {
        if model.isSimulated { return .free("simulated") }
        if let host = model.host {
            let names = [host, Self.withoutPort(host)]
            let own = rows.last { row in
                row.model == model.name && row.from <= moment && row.host.map(names.contains) ?? false
            }
            if let own { return own.price }
        }
        // A vendor that is named, at an address of this machine, is a relay to it: somebody pays, and nobody knows what.
        if model.isLocal, model.provider == "OpenAICompatible" { return .free("local") }
        guard model.isAtVendor, ["OpenAI", "Anthropic", "OpenRouter"].contains(model.provider) else { return nil }
        let name = ModelName.base(model.name)
        return rows.last { $0.host == nil && $0.model == name && $0.from <= moment }?.price
    }

    private static func withoutPort(_ authority: String) -> String {
        guard let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") else { return authority }
        return String(authority[..<colon])
    }
}
