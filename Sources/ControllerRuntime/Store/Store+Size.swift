internal import JSON
internal import KubernetesModel

/// A row that knows what it holds outside of itself.
package protocol MeasuredRow: Sendable {
    /// Bytes on the heap, beyond the row's own stride.
    var heapBytes: Int { get }
}

extension Store {
    /// About what the cache takes: the tables, the names, and the rows' own storage, judged by a sample of them.
    package var estimatedBytes: Int {
        let count = count
        guard count > 0 else { return tableBytes }
        let step = max(count / Self.sampleSize, 1)
        var (number, sampled, bytes) = (0, 0, 0)
        forEach { entry in
            defer { number += 1 }
            guard number % step == 0 else { return }
            sampled += 1
            bytes += Self.heapBytes(of: entry)
        }
        return tableBytes + (sampled == 0 ? 0 : bytes / sampled * count)
    }

    private static var sampleSize: Int { 32 }

    private static func heapBytes(of entry: StoreEntry<Row>) -> Int {
        // A name of more than 15 bytes has a header and storage of its own.
        let name = entry.key.name.utf8.count > 15 ? 48 + entry.key.name.utf8.count : 0
        switch entry.row {
        case let row as any MeasuredRow: return name + row.heapBytes
        // A whole object: its text says roughly what its strings and arrays take.
        case let row as any JSONEncodable: return name + row.jsonBytes().count
        default: return name
        }
    }
}
