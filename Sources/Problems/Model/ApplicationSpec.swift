/// The application a problem runs on, with the settings that a problem may vary.
package enum ApplicationSpec: Sendable, Hashable {
    case shopLite(ShopLite)

    package var name: String {
        switch self {
        case .shopLite: ShopLite.name
        }
    }

    /// The names of its services; a fault may only name one of these.
    package var services: [String] {
        switch self {
        case .shopLite(let shop): shop.services
        }
    }

    package var definition: any Application {
        switch self {
        case .shopLite(let shop): shop
        }
    }
}
