import ControllerRuntime
import HTTP
import HTTPTesting
import JSON
import KubernetesClient
import LifecycleTesting
import Primitives
import SchedulingTesting
import Telemetry
import Testing

/// Who may read `/metrics` where anybody could reach the port.
@Suite(.ownThread) struct ScrapeGuardTests {
    private let transport = ScriptedTransport()
    private let time = ManualTimeSource()
    private let scrapes: ScrapeGuard

    private static let tokens = "/apis/authentication.k8s.io/v1/tokenreviews*"
    private static let access = "/apis/authorization.k8s.io/v1/subjectaccessreviews*"

    init() {
        let client = KubernetesClient(
            configuration: ClientConfiguration(server: "https://api:6443", tls: TLSConfiguration()),
            transport: transport,
            time: time, logger: .disabled, seed: 1)
        scrapes = ScrapeGuard(client: client, time: time, logger: .disabled)
    }

    private func knows(_ status: String) {
        transport.expect("POST", Self.tokens, status: 201, body: #"{"kind":"TokenReview","status":\#(status)}"#)
    }

    private func allows(_ status: String) {
        transport.expect("POST", Self.access, status: 201, body: #"{"kind":"SubjectAccessReview","status":\#(status)}"#)
    }

    private static let prometheus = """
        {"authenticated":true,"user":{"username":"system:serviceaccount:m:p","uid":"u","groups":["g1","g2"],\
        "extra":{"pod":["x"]}}}
        """

    private func verdict(_ header: String? = "Bearer t") async -> ScrapeGuard.Verdict {
        await scrapes.verdict(authorization: header)
    }

    @Test func whoIsKnownAndAllowedReadsAndIsAskedForOnceAMinute() async throws {
        for _ in 0..<2 {
            knows(Self.prometheus)
            allows(#"{"allowed":true}"#)
            for _ in 0..<3 { #expect(await verdict() == .allowed) }
            time.advance(by: .seconds(61))
        }
        #expect(transport.requests.count == 4 && transport.unmet.isEmpty)
        let asked = try transport.requests.prefix(2).map { try JSONValue(parsing: $0.body)["spec"] }
        #expect(asked[0] == ["token": "t"])
        #expect(
            asked[1] == [
                "user": "system:serviceaccount:m:p", "uid": "u", "groups": ["g1", "g2"], "extra": ["pod": ["x"]],
                "nonResourceAttributes": ["path": "/metrics", "verb": "get"],
            ])
        // What one may, another may not.
        knows(#"{"authenticated":false,"error":"no"}"#)
        #expect(await verdict("Bearer other") == .unknown)
    }

    @Test(arguments: [
        nil, "", "Bearer", "Bearer ", "Basic dTpw", "Bearer a b", "Bearer " + String(repeating: "x", count: 20_000),
    ])
    func whatIsNoTokenIsNotAskedFor(header: String?) async {
        #expect(await verdict(header) == .unknown)
        #expect(transport.requests.isEmpty)
    }

    @Test(arguments: [#"{"allowed":false}"#, #"{}"#, #"{"allowed":true,"denied":true}"#])
    func whoIsKnownAndNotAllowedIsToldSo(status: String) async {
        knows(Self.prometheus)
        allows(status)
        #expect(await verdict() == .forbidden("system:serviceaccount:m:p"))
        let answer = await scrapes.refusal(authorization: "Bearer t")
        #expect(answer?.status == 403 && answer?.body.contains("system:serviceaccount:m:p") == true)
    }

    /// Nothing is remembered of a server that could not be asked, and nobody gets in meanwhile.
    @Test func aServerThatCannotBeAskedOpensNothing() async {
        transport.expect("POST", Self.tokens, status: 403, body: #"{"kind":"Status","code":403,"reason":"Forbidden"}"#)
        #expect(await scrapes.refusal(authorization: "Bearer t")?.status == 503)
        knows(Self.prometheus)
        allows(#"{"allowed":true}"#)
        #expect(await scrapes.refusal(authorization: "Bearer t") == nil)
    }

    /// A flood of made-up tokens is not passed on.
    @Test func fewAreAskedForAtATime() async {
        let (gate, open) = AsyncStream<Void>.makeStream()
        for _ in 0..<8 {
            transport.expect("POST", Self.tokens) { _ throws(HTTPError) in
                for await _ in gate { break }
                return HTTPResponse(status: 201, bytes: Array(#"{"status":{"authenticated":false}}"#.utf8))
            }
        }
        await withTaskGroup(of: ScrapeGuard.Verdict.self) { group in
            for number in 0..<8 { group.addTask { await verdict("Bearer \(number)") } }
            await eventually("eight are asked for") { transport.requests.count == 8 }
            #expect(await verdict("Bearer one-more") == .unavailable)
            open.finish()
            for await verdict in group { #expect(verdict == .unknown) }
        }
        #expect(transport.requests.count == 8)
    }
}
