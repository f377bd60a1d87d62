import HTTP
import JSON
import KubernetesModel
import Primitives
import Testing

@testable import KubernetesClient

/// Whatever a server sends, broken off or garbled at any byte, ends in a value or in an error, never in a trap.
@Suite(.timeLimit(.minutes(5))) struct DecoderHardeningTests {
    private typealias Decode = @Sendable ([UInt8]) throws -> Void

    private static func document<Value: JSONDecodable & SendableMetatype>(_ type: Value.Type) -> Decode {
        { _ = try type.init(json: $0) }
    }

    /// Everything that is read from an API server, a plugin or a pod.
    private static let decoders: [String: Decode] = [
        "Status": document(Status.self), "ObjectMeta": document(ObjectMeta.self), "Scale": document(Scale.self),
        "PartialObjectMetadata": document(PartialObjectMetadata.self), "Pod": document(Pod.self),
        "PodList": document(ListPage<Pod>.self), "Deployment": document(Deployment.self), "Job": document(Job.self),
        "Service": document(Service.self), "Endpoints": document(Endpoints.self), "Event": document(Event.self),
        "Lease": document(Lease.self), "Secret": document(Secret.self), "ConfigMap": document(ConfigMap.self),
        "Namespace": document(Namespace.self), "Node": document(Node.self), "tree": document(DynamicObject.self),
        "trees": document(ListPage<DynamicObject>.self), "version": document(ServerVersion.self),
        "resources": document(APIResourceList.self), "discovery": document(AggregatedDiscovery.self),
        "plugin": { _ = try ExecCredential(printed: $0, apiVersion: "v1") },
        "exit": { _ = RemoteExit(status: $0) },
        "watch": { bytes in
            var decoder = WatchDecoder<Pod>()
            decoder.append(bytes + [UInt8(ascii: "\n")])
            while try decoder.next() != nil {}
        },
        "kubeconfig": { _ = try Kubeconfig(parsing: $0, path: "/k") },
    ]

    private static func bytes(_ name: String) throws -> [UInt8] { try Transcript(name).wireBody }

    private static func survives(_ bytes: [UInt8]) async {
        for decode in decoders.values { try? decode(bytes) }
        // Other suites wait for things with a deadline, on the same two threads.
        await Task.yield()
    }

    @Test(arguments: Transcript.allNames)
    func whatIsCutOffIsNoValue(_ name: String) async throws {
        let whole = try Self.bytes(name)
        let end = whole.lastIndex(of: UInt8(ascii: "}")) ?? 0
        let step = max(1, end / 24)
        let isDocument = try Transcript(name).frames.isEmpty
        for length in stride(from: 0, through: end, by: step) {
            let cut = Array(whole[..<length])
            await Self.survives(cut)
            // A watch's complete lines are events; one document that is cut is none.
            guard isDocument else { continue }
            #expect(throws: JSONError.self, "cut at \(length)") { try JSONValue(parsing: cut) }
        }
    }

    @Test(arguments: Transcript.allNames)
    func whatIsGarbledIsSurvived(_ name: String) async throws {
        let whole = try Self.bytes(name)
        var generator = SeededGenerator(seed: UInt64(whole.count))
        for _ in 0..<12 {
            var garbled = whole
            for _ in 0..<4 where !garbled.isEmpty {
                let place = Int.random(in: garbled.indices, using: &generator)
                let odd: [UInt8] = [0, 0x22, 0x5C, 0x7B, 0x7D, 0x5B, 0x2C, 0x3A, 0x2D, 0x31, 0x6E, 0x80, 0xFF]
                garbled[place] = odd.randomElement(using: &generator) ?? 0
            }
            await Self.survives(garbled)
        }
    }

    /// Values of every kind where another is expected, and what no server sends.
    @Test(arguments: [
        "", " ", "null", "true", "0", "-", "1e", "\"", "\"\\u", "[]", "{}", "[[[[", "{\"a\"", "{\"metadata\":null}",
        "{\"metadata\":[]}", "{\"metadata\":{\"labels\":{\"a\":1}}}", "{\"spec\":null,\"status\":null}",
        "{\"items\":null}", "{\"items\":[null]}", "{\"items\":{}}", "{\"code\":99999999999999999999}",
        "{\"code\":1.5,\"details\":{\"retryAfterSeconds\":-9223372036854775808}}", "{\"type\":\"ADDED\"}",
        "{\"object\":{},\"type\":\"ADDED\"}", "{\"type\":\"ERROR\",\"object\":3}", "{\"type\":3,\"object\":{}}",
        "{\"metadata\":{\"creationTimestamp\":\"0000-00-00T00:00:00Z\"}}",
        "{\"metadata\":{\"creationTimestamp\":\"9999-12-31T23:59:60Z\"}}",
        "{\"groups\":null,\"items\":[{\"metadata\":{},\"versions\":[{\"resources\":[{\"subresources\":[{}]}]}]}]}",
    ])
    func oddValuesAreSurvived(_ text: String) async {
        await Self.survives(Array(text.utf8))
        await Self.survives(Array(repeating: UInt8(ascii: "["), count: 10_000) + Array(text.utf8))
    }

    @Test func headersAreSurvived() {
        let odd = [
            "", "299", "299 -", "299 - \"", "299 - \"a", "299 - \"a\\", "299 - \"a\" \"date\", 299 - \"b\"",
            "a - \"b\"",
            "99999999999999999999 - \"a\"", ",,,299 - \"\",", String(repeating: "299 - \"a\",", count: 10_000),
        ]
        let read = odd.map { text in APIWarning.all(in: ["Warning": text]).map(\.text) }
        #expect(read[6] == ["a", "b"])
        #expect(read[9] == [""])
        #expect(read[10].count == 100)
        #expect(read.enumerated().allSatisfy { [6, 9, 10].contains($0.offset) || $0.element.isEmpty })
    }
}
