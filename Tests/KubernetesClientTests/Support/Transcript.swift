import FoundationEssentials
import JSON
import Testing

/// One recorded exchange with a real API server.
struct Transcript: CustomTestStringConvertible {
    let name: String
    let status: Int
    let body: [UInt8]
    /// The lines of a watch, in order.
    let frames: [String]
    let method: String
    let path: String
    let contentType: String
    let accept: String
    /// Nil where the recorder did not note it.
    let notedAccept: String?
    let notedContentType: String?
    /// Of the response, those that were kept; names in lower case.
    let headers: [String: String]
    let requestBody: [UInt8]

    var testDescription: String { name }

    /// `v1.36/get` and its like, of all versions.
    static let allNames: [String] = ["v1.20", "v1.36"].flatMap { version in
        let files = try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: version).path())
        return (files ?? []).filter { $0.hasSuffix(".json") }.map { "\(version)/\($0.dropLast(5))" }.sorted()
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")

    init(_ name: String) throws {
        let data = try Data(contentsOf: Self.folder.appending(path: "\(name).json"))
        let root = try JSONValue(parsing: Array(data))
        self.name = name
        status = Int(try #require(root["response"]?["status"]?.integerValue))
        body = Array((root["response"]?["body"]?.stringValue ?? "").utf8)
        frames = (root["response"]?["frames"]?.arrayValue ?? []).compactMap(\.stringValue)
        method = root["request"]?["method"]?.stringValue ?? ""
        path = root["request"]?["path"]?.stringValue ?? ""
        contentType = root["request"]?["contentType"]?.stringValue ?? ""
        accept = root["request"]?["accept"]?.stringValue ?? "application/json"
        var headers: [String: String] = [:]
        for (key, value) in root["response"]?["headers"]?.objectValue ?? [:] { headers[key] = value.stringValue }
        self.headers = headers
        notedAccept = root["request"]?["accept"]?.stringValue
        notedContentType = root["request"]?["contentType"]?.stringValue
        // Apply requests were recorded as text, because their body is YAML to the server.
        let sent = root["request"]?["body"] ?? .null
        requestBody = sent.isNull ? [] : sent.stringValue.map { Array($0.utf8) } ?? sent.serialized()
    }

    /// The body as it came over the wire, a watch's lines included.
    var wireBody: [UInt8] {
        frames.isEmpty ? body : frames.flatMap { Array($0.utf8) + ($0.hasSuffix("\n") ? [] : [UInt8(ascii: "\n")]) }
    }
}
