import HTTP
package import JSON
import KubernetesModel

/// Turns the bytes of a watch into events, however they were cut on the way.
///
/// Invariants: a line is decoded once, straight into the kind; bytes wait here only until their line is complete, and
/// no line is longer than ``lineLimit``; bytes after an incomplete last line are never guessed at.
package struct WatchDecoder<Object: JSONDecodable & Sendable>: Sendable {
    /// etcd takes 1.5 MiB, which JSON and managed fields may more than double.
    package static var lineLimit: Int { 16 << 20 }

    private var lines = LineSplitter(limit: lineLimit)

    package init() {}

    package mutating func append(_ bytes: [UInt8]) { lines.append(bytes) }

    /// The next event; nil when more bytes are needed.
    package mutating func next() throws(WatchDecodingError) -> WatchEvent<Object>? {
        while true {
            let line: [UInt8]?
            do {
                line = try lines.next()
            } catch {
                throw .lineTooLong(error.limit)
            }
            guard let line else { return nil }
            if line.isEmpty { continue }
            do {
                return try Self.event(line)
            } catch {
                throw .json(error)
            }
        }
    }

    private static func event(_ line: [UInt8]) throws(JSONError) -> WatchEvent<Object> {
        var reader = JSONReader(line)
        var type: String?
        var event: WatchEvent<Object>?
        var early: [UInt8]?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "type": type = try reader.string()
            case "object":
                if let type {
                    event = try object(type, &reader)
                } else {
                    // No server sends the object first, but the order of keys means nothing in JSON.
                    early = try reader.rawValue()
                }
            default: try reader.skip()
            }
        }
        try reader.finish()
        if let event { return event }
        guard let type else { throw JSONError(offset: 0, message: "watch event without a type") }
        guard let early else { throw JSONError(offset: 0, message: "watch event without an object") }
        var rest = JSONReader(early)
        return try object(type, &rest)
    }

    private static func object(_ type: String, _ reader: inout JSONReader) throws(JSONError) -> WatchEvent<Object> {
        switch type {
        case "ADDED": return .added(try reader.decode(Object.self))
        case "MODIFIED": return .modified(try reader.decode(Object.self))
        case "DELETED": return .deleted(try reader.decode(Object.self))
        case "BOOKMARK":
            let mark = try reader.decode(Bookmark.self)
            return .bookmark(
                resourceVersion: mark.metadata.resourceVersion,
                endsInitialEvents: mark.metadata.annotations["k8s.io/initial-events-end"] == "true")
        case "ERROR": return .error(try reader.decode(Status.self))
        default: throw JSONError(offset: 0, message: "unknown watch event type \(type)")
        }
    }
}

/// Why a watch cannot be read on.
package enum WatchDecodingError: Error, Sendable, Hashable {
    case lineTooLong(Int)
    case json(JSONError)
}

/// A bookmark has the kind of the watch, but metadata only.
private struct Bookmark: JSONDecodable {
    var metadata = ObjectMeta()

    init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": metadata = try reader.decode(ObjectMeta.self)
            default: try reader.skip()
            }
        }
    }
}
