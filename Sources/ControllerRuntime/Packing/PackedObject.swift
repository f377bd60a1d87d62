internal import JSON
package import KubernetesModel
internal import Primitives

/// An object as a few hundred bytes that give it back whole: for caches of kinds that may have a hundred thousand
/// objects of which few are looked at at a time.
///
///     let packing = Packing<AIOpsTask>()
///     Reflector(store: store, keeping: { packing.pack($0) }, source: …)
///     let task = try store.get(key)?.object
///
/// Guarantees: `object` equals what was packed, for kinds that read back what they write. Costs: packing takes about as
/// long as writing the object as JSON, unpacking about as long as reading it.
package struct PackedObject<R: KubernetesObject>: Sendable, MeasuredRow {
    fileprivate let bytes: [UInt8]
    fileprivate let packing: Packing<R>

    /// The object whole.
    ///
    /// - Throws: `JSONError` when the kind does not read what it writes, which is a defect in the kind.
    package var object: R {
        get throws(JSONError) { try packing.unpack(self) }
    }

    package var heapBytes: Int { bytes.count + 32 }
}

/// Packs the objects of one kind; texts that repeat between objects are kept once, here.
package final class Packing<R: KubernetesObject>: Sendable {
    private let symbols = Locked(SymbolTable())

    package init() {}

    package func pack(_ object: R) -> PackedObject<R> {
        let json = object.jsonBytes()
        let bytes = symbols.withLock { symbols in
            var writer = PackedWriter()
            do throws(JSONError) {
                var reader = JSONReader(json, limits: JSONLimits(bytes: .max, depth: 1_024))
                try writer.pack(&reader, &symbols)
            } catch {
                // Not to be: an object writes well-formed JSON. Its text, which `unpack` then refuses, is the better
                // memory than half of it.
                writer = PackedWriter(text: json)
            }
            return writer.bytes
        }
        return PackedObject(bytes: bytes, packing: self)
    }

    fileprivate func unpack(_ packed: PackedObject<R>) throws(JSONError) -> R {
        // The table only grows, so a copy of it taken now knows every symbol in bytes written before.
        let symbols = symbols.withLock { $0 }
        var reader = PackedReader(packed.bytes, symbols)
        return try R(json: try reader.json())
    }

    /// Texts kept for all objects together.
    package var symbolCount: Int { symbols.withLock { $0.count } }
}
