package import Primitives

/// The models that are known by name.
///
/// A name that is not in it goes to the provider as it is written: the table helps and never forbids.
package struct ModelTable: Sendable {
    /// Why a name cannot be asked for, and what to write instead.
    package enum Problem: Error, Sendable, Hashable, CustomStringConvertible {
        case retired(String, on: String?, successor: String)
        /// Another vendor's model.
        case servedBy(ModelFacts.Vendor, String, openRouterName: String)
        /// OpenRouter wants the vendor's name before a slash.
        case vendorMissing(String)

        package var description: String {
            switch self {
            case .retired(let name, let day, let successor):
                "\(name) was retired by its vendor" + (day.map { " on \($0)" } ?? "") + "; use \(successor)"
            case .servedBy(let vendor, let name, let full):
                vendor == .others
                    ? "\(name) is served by OpenRouter; use provider OpenRouter with the name \(full)"
                    : "\(name) is a model of \(vendor.rawValue); use provider \(vendor.rawValue), or OpenRouter with the "
                        + "name \(full)"
            case .vendorMissing(let name):
                "OpenRouter names models as vendor/model; \(name) has no vendor and is no shorthand that is known"
            }
        }
    }

    private let rows: [ModelFacts]
    /// From every spelling to its row.
    private let index: [String: Int]

    package init(rows: [ModelFacts]) {
        self.rows = rows
        var index: [String: Int] = [:]
        for (place, row) in rows.enumerated() {
            for spelling in [row.name, row.openRouterName] + row.shorthands {
                index[ModelName.base(spelling)] = index[ModelName.base(spelling)] ?? place
            }
        }
        self.index = index
    }

    /// What is known of a model, however it is spelled.
    package func facts(_ name: String) -> ModelFacts? {
        index[ModelName.base(ModelName.withoutVariant(name))].map { rows[$0] }
    }

    package var all: [ModelFacts] { rows }

    /// The full name of a model at a provider.
    ///
    /// A shorthand becomes the name it stands for; a dated snapshot and a variant stay as they are written. `vendor` is whose
    /// address is asked, and `others` is OpenRouter.
    package func fullName(
        of name: String, at vendor: ModelFacts.Vendor, now: Timestamp
    ) throws(Problem) -> String {
        guard let facts = facts(name) else {
            if vendor == .others, !name.contains("/") { throw .vendorMissing(name) }
            return Self.withoutOwnVendor(name, vendor)
        }
        if let problem = retirement(of: name, at: vendor, now: now) { throw problem }
        if vendor == .others { return Self.atOpenRouter(name, facts) }
        guard facts.vendor == vendor else {
            throw .servedBy(facts.vendor, name, openRouterName: facts.openRouterName)
        }
        return Self.full(Self.withoutOwnVendor(name, vendor), facts, facts.name)
    }

    /// Why a name is no longer to be asked for; nil for one that is, or that is not known.
    ///
    /// The successor is spelled as `vendor` wants it, or as its own vendor does where nobody is asked.
    package func retirement(of name: String, at vendor: ModelFacts.Vendor? = nil, now: Timestamp) -> Problem? {
        guard let facts = facts(name), facts.isRetired(at: now), let retirement = facts.retirement else { return nil }
        let day = retirement.on.map { String($0.rfc3339.prefix(10)) }
        return .retired(name, on: day, successor: successor(retirement.successor, at: vendor ?? facts.vendor))
    }

    private func successor(_ name: String, at vendor: ModelFacts.Vendor) -> String {
        vendor == .others ? facts(name)?.openRouterName ?? name : name
    }

    /// A snapshot says more than the name without its day.
    private static func full(_ written: String, _ facts: ModelFacts, _ full: String) -> String {
        let bare = ModelName.withoutVariant(written)
        return isSnapshot(bare, of: facts) ? written : full + written.dropFirst(bare.count)
    }

    /// OpenRouter has snapshots of OpenAI's models only.
    private static func atOpenRouter(_ written: String, _ facts: ModelFacts) -> String {
        let bare = ModelName.withoutVariant(written)
        if facts.vendor == .openAI, isSnapshot(bare, of: facts) {
            return written.contains("/") ? written : "openai/\(written)"
        }
        return facts.openRouterName + written.dropFirst(bare.count)
    }

    private static func isSnapshot(_ bare: String, of facts: ModelFacts) -> Bool {
        let base = ModelName.base(bare)
        return bare.hasPrefix(base) && bare != base && base == ModelName.base(facts.name)
            || bare.contains("/") && isSnapshot(String(bare.split(separator: "/").last ?? ""), of: facts)
    }

    /// `openai/gpt-4o` at OpenAI itself is `gpt-4o`.
    private static func withoutOwnVendor(_ name: String, _ vendor: ModelFacts.Vendor) -> String {
        switch vendor {
        case .openAI where name.hasPrefix("openai/"): String(name.dropFirst("openai/".count))
        case .anthropic where name.hasPrefix("anthropic/"): String(name.dropFirst("anthropic/".count))
        default: name
        }
    }
}
