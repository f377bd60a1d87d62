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
    /// Of the response, those that were kept; names in lower case.
    let headers: [String: String]
    let requestBody: [UInt8]

    var testDescription: String { name }

    init(_ name: String) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: folder.appending(path: "Fixtures/\(name).json"))
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
        // Apply requests were recorded as text, because their body is YAML to the server.
        let sent = root["request"]?["body"] ?? .null
        requestBody = sent.isNull ? [] : sent.stringValue.map { Array($0.utf8) } ?? sent.serialized()
    }
}
