/// Where a cost figure comes from.
///
/// `unpriced` is not zero.
package enum CostSource: Vocabulary {
    case provider
    case priceTable
    case local
    case simulated
    case unpriced
    case unknown(String)

    package static let known: [Self] = [.provider, .priceTable, .local, .simulated, .unpriced]

    package var rawValue: String {
        switch self {
        case .provider: "Provider"
        case .priceTable: "PriceTable"
        case .local: "Local"
        case .simulated: "Simulated"
        case .unpriced: "Unknown"
        case .unknown(let text): text
        }
    }
}
