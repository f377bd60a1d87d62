import ControllerRuntime
import HTTP
import HTTPTesting
import KubernetesClient
import KubernetesModel
import LifecycleTesting
import SchedulingTesting
import Telemetry
import Testing

/// F11: the bytes of a watch come in any pieces: cut inside an object or a character, many objects in one, one object in
/// many, empty lines, CRLF, three MiB.
@Suite(.ownThread) struct F11StreamInPieces {
    private static func line(_ name: String, _ version: Int, pad: String = "") -> String {
        #"{"type":"ADDED","object":{"metadata":{"name":"\#(name)","namespace":"ä🙂","uid":"u-\#(name)","#
            + #""resourceVersion":"\#(version)","annotations":{"pad":"\#(pad)"}},"size":\#(version)}}"#
    }

    private static let mark =
        #"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9","annotations":"#
        + #"{"k8s.io/initial-events-end":"true"}}}}"#

    @Test(arguments: [1, 2, 5, 17, 1_000, 1 << 20])
    func everyObjectArrivesAndTheNextWatchGoesOnBehindTheLast(piece: Int) async throws {
        let text =
            [line("a", 5), mark, "", line("b", 10), "", line("c", 11), line("d", 12, pad: "é")]
            .joined(separator: "\r\n") + "\n"
        try await deliver(Array(text.utf8), inPiecesOf: piece, names: ["a", "b", "c", "d"], thenFrom: "12")
    }

    @Test func threeMebibytesInOneObject() async throws {
        let text =
            [line("a", 5), mark, line("big", 10, pad: String(repeating: "x", count: 3 << 20))]
            .joined(separator: "\n") + "\n"
        try await deliver(Array(text.utf8), inPiecesOf: 16 << 10, names: ["a", "big"], thenFrom: "10")
    }

    /// What is cut in the middle of an object is not guessed at; the watch goes on from what was whole.
    @Test func cutInsideAnObject() async throws {
        let whole = [line("a", 5), mark, line("b", 10)].joined(separator: "\n") + "\n"
        let cut = Array(whole.utf8) + Array(line("c", 11).utf8).dropLast(9)
        try await deliver(cut, inPiecesOf: 100, names: ["a", "b"], thenFrom: "10")
    }

    private func line(_ name: String, _ version: Int, pad: String = "") -> String {
        Self.line(name, version, pad: pad)
    }

    private var mark: String { Self.mark }

    private func deliver(_ bytes: [UInt8], inPiecesOf size: Int, names: [String], thenFrom version: String) async throws
    {
        let (time, transport) = (ManualTimeSource(), ScriptedTransport())
        let client = KubernetesClient(
            configuration: ClientConfiguration(server: "https://api", tls: TLSConfiguration()), transport: transport,
            time: time, logger: .disabled, seed: 1)
        let (first, second) = (ScriptedBody(), ScriptedBody())
        transport.expect("GET", "/apis/test.dev/v1/widgets?*", stream: first)
        transport.expect("GET", "/apis/test.dev/v1/widgets?*", stream: second)
        let store = Store<Widget>()
        let reflector = Reflector(
            store: store, source: ClientSource<Widget>(client: client), time: time, logger: .disabled, seed: 1)
        try await running([{ try await reflector.run() }]) {
            for start in stride(from: 0, to: bytes.count, by: size) {
                first.send(Array(bytes[start..<min(start + size, bytes.count)]))
            }
            await eventually("all are there") { store.list().map(\.metadata.name) == names }
            first.finish()
            await eventually("goes on") { transport.requests.count == 2 }
        }
        try #require(transport.requests.count == 2)
        #expect(transport.requests[0].url.contains("sendInitialEvents=true"))
        #expect(transport.requests[1].url.contains("resourceVersion=\(version)&"))
        #expect(store.list().allSatisfy { $0.metadata.namespace == "ä🙂" })
    }
}
