package import KubernetesModel
package import LanguageModels
import Primitives
import YAML

/// Which prices hold, by what was last seen of the administrator's ConfigMap.
///
/// Pure. Invariants: what is wrong with a table is told once for each text of it, and changes no price: the last good table
/// of this process holds, and before the first good one the built-in. What is not there replaces nothing.
package struct PriceFollower: Sendable {
    /// What a look at the ConfigMap found.
    package enum Sight: Sendable {
        case found(ConfigMap)
        case missing
        /// Nobody could look.
        case unreadable(String)
    }

    /// What is worth telling.
    package enum News: Sendable, Hashable {
        case taken
        case refused(String)
        case missing
        case unreadable(String)
    }

    package static let fileName = "prices.yaml"

    /// The prices that hold now.
    package private(set) var table: PriceTable
    private let builtIn: PriceTable
    /// What was told last.
    private var told: Told?

    private enum Told: Hashable {
        case text(String)
        case missing, unreadable
    }

    package init(builtIn: PriceTable = .builtIn) {
        self.builtIn = builtIn
        table = builtIn
    }

    /// Takes note of what is there; nil when it is as it was.
    package mutating func look(_ sight: Sight) -> News? {
        switch sight {
        case .found(let map):
            let text = map.data[Self.fileName]
            guard change(to: .text(SHA256Digest.of(text ?? "-").hex)) else { return nil }
            return take(text)
        case .missing:
            guard change(to: .missing) else { return nil }
            table = builtIn
            return .missing
        case .unreadable(let why):
            return change(to: .unreadable) ? .unreadable(why) : nil
        }
    }

    private mutating func change(to new: Told) -> Bool {
        defer { told = new }
        return told != new
    }

    private mutating func take(_ text: String?) -> News {
        guard let text else { return .refused("it has no \(Self.fileName)") }
        do {
            table = builtIn.replacing(with: try PriceOverride(try YAML.parse(Array(text.utf8), limits: Self.limits)))
            return .taken
        } catch {
            return .refused("\(Self.fileName): \(error)")
        }
    }

    /// A ConfigMap holds no more.
    private static let limits = YAMLLimits(bytes: 1 << 20, depth: 16, aliases: 100, expandedBytes: 8 << 20)
}
