package import JSON
import Primitives

/// Prices that an administrator gives, as they are written: dollars per million tokens.
///
/// Fractions of a billionth of a dollar per token are rounded up, so that no budget is passed. Whatever is not understood
/// is an error and never left out: a price that is missing would be an old one that goes on.
package struct PriceOverride: Sendable, Hashable {
    /// What it is called in the status of tasks.
    package let version: String
    package let rows: [PriceTable.Row]

    package static let mostRows = 1_000

    package init(_ document: JSONValue) throws(PriceTableError) {
        let top = PriceField(value: document, path: "")
        try top.allow(["version", "models"])
        let version = try top["version"].text(atMost: 40)
        guard version.utf8.allSatisfy(Self.isPlain) else {
            throw top["version"].wrong("use letters, digits, points, dashes and underscores")
        }
        let items = try top["models"].items(atMost: Self.mostRows)
        var rows: [PriceTable.Row] = []
        var seen: Set<[String]> = []
        for item in items {
            let row = try Self.row(item, source: "table \(version)")
            guard seen.insert([row.host ?? "", row.model, row.from.rfc3339]).inserted else {
                throw item.wrong("\(row.model) stands there twice for the same day")
            }
            rows.append(row)
        }
        self.version = version
        self.rows = rows
    }

    private static func row(_ item: PriceField, source: String) throws(PriceTableError) -> PriceTable.Row {
        try item.allow(["model", "host", "from", "input", "output", "cacheRead", "cacheWrite", "longContext"])
        let host = try item["host"].isPresent ? item["host"].text(atMost: 253).lowercased() : nil
        let name = try item["model"].text(atMost: 253)
        let price = Price(
            input: try item["input"].price(), output: try item["output"].price(),
            cacheRead: try item["cacheRead"].priceIfPresent(), cacheWrite: try item["cacheWrite"].priceIfPresent(),
            longContext: try longContext(item["longContext"]), source: source)
        // A server of one's own is asked by the very name; vendors have many for one model.
        return PriceTable.Row(
            model: host == nil ? ModelName.base(name) : name, from: try item["from"].dayIfPresent(), price: price,
            host: host)
    }

    private static func longContext(_ item: PriceField) throws(PriceTableError) -> Price.LongContext? {
        guard item.isPresent else { return nil }
        try item.allow(["above", "input", "output", "cacheRead", "cacheWrite"])
        return Price.LongContext(
            above: try item["above"].count(), input: try item["input"].price(), output: try item["output"].price(),
            cacheRead: try item["cacheRead"].priceIfPresent(), cacheWrite: try item["cacheWrite"].priceIfPresent())
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
