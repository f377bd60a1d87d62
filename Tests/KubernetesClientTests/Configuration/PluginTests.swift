import HTTP
import HTTPTesting
import JSON
import KubernetesClient
import LifecycleTesting
import Primitives
import Processes
import Testing

@Suite struct PluginTests {
    private static let version = "client.authentication.k8s.io/v1"

    private static func plugin(installHint: String? = nil) -> ExecPlugin {
        ExecPlugin(
            apiVersion: version, command: "aws", arguments: ["get"], environment: ["PATH": "/bin", "X": "1"],
            installHint: installHint, cluster: ["server": "https://a"], place: "kubeconfig /k:9: users[u].user.exec")
    }

    private static func printed(_ status: String, version: String = version) -> String {
        #"{"kind":"ExecCredential","apiVersion":"\#(version)","status":{\#(status)}}"#
    }

    private func rig(_ launcher: ScriptedLauncher, installHint: String? = nil) -> ClientRig {
        ClientRig(credential: .exec(Self.plugin(installHint: installHint)), launcher: launcher)
    }

    /// Answers 200 to the tokens named and 401 to all others.
    private func accept(_ rig: ClientRig, _ tokens: String...) {
        rig.transport.otherwise { request throws(HTTPError) in
            let token = request.headers.first("Authorization") ?? "-"
            let isGood = tokens.isEmpty || tokens.contains { token == "Bearer \($0)" }
            return HTTPResponse(
                status: isGood ? 200 : 401,
                bytes: Array((isGood ? ClientRig.widget() : ClientRig.status(401, "Unauthorized")).utf8))
        }
    }

    private func get(_ rig: ClientRig) async throws(KubernetesError) {
        _ = try await rig.client.get(Widget.self, rig.key)
    }

    private func sent(_ rig: ClientRig) -> [String] {
        rig.transport.requests.map { $0.headers.first("Authorization") ?? "-" }
    }

    @Test func thePluginIsToldWhatItNeeds() async throws {
        let launcher = ScriptedLauncher(printing: Self.printed(#""token":"t""#))
        let rig = rig(launcher)
        accept(rig)
        try await get(rig)
        let request = try #require(launcher.started.first)
        #expect(request.program == "aws")
        #expect(request.arguments == ["get"])
        #expect(request.environment["X"] == "1")
        #expect(
            try JSONValue(parsing: Array(try #require(request.environment["KUBERNETES_EXEC_INFO"]).utf8)) == [
                "kind": "ExecCredential", "apiVersion": .string(Self.version),
                "spec": ["interactive": false, "cluster": ["server": "https://a"]],
            ])
    }

    /// Without an end it is good until it is refused; with one it is replaced ten seconds before.
    @Test func aCredentialIsKeptUntilShortlyBeforeItExpires() async throws {
        let start = ManualTimeSource().wallNow()
        let launcher = ScriptedLauncher(
            printing: Self.printed(#""token":"one","expirationTimestamp":"\#((start + .seconds(600)).rfc3339)""#),
            Self.printed(#""token":"two""#))
        let rig = rig(launcher)
        accept(rig)
        for _ in 0..<3 { try await get(rig) }
        rig.time.advance(by: .seconds(589))
        try await get(rig)
        #expect(launcher.started.count == 1)
        rig.time.advance(by: .seconds(1))
        try await get(rig)
        rig.time.advance(by: .seconds(100_000))
        try await get(rig)
        #expect(launcher.started.count == 2)
        #expect(sent(rig) == Array(repeating: "Bearer one", count: 4) + ["Bearer two", "Bearer two"])
    }

    @Test func aShortLifeIsHalvedAndNotRunForEachRequest() async throws {
        let start = ManualTimeSource().wallNow()
        let launcher = ScriptedLauncher(
            printing: Self.printed(#""token":"one","expirationTimestamp":"\#((start + .seconds(8)).rfc3339)""#),
            Self.printed(#""token":"two""#))
        let rig = rig(launcher)
        accept(rig)
        try await get(rig)
        rig.time.advance(by: .seconds(3))
        try await get(rig)
        #expect(launcher.started.count == 1)
        rig.time.advance(by: .seconds(1))
        try await get(rig)
        #expect(launcher.started.count == 2)
    }

    @Test func aRefusalRunsItOnceMoreAndNoMore() async throws {
        let launcher = ScriptedLauncher(
            printing: Self.printed(#""token":"one""#), Self.printed(#""token":"two""#),
            Self.printed(#""token":"three""#))
        let rig = rig(launcher)
        accept(rig, "two")
        try await get(rig)
        #expect(sent(rig) == ["Bearer one", "Bearer two"])
        accept(rig, "none")
        let error = await #expect(throws: KubernetesError.self) { try await get(rig) }
        #expect(error?.isUserError == true)
        #expect(sent(rig) == ["Bearer one", "Bearer two", "Bearer two", "Bearer three"])
        #expect(launcher.started.count == 3)
    }

    @Test func manyRequestsShareOneRun() async throws {
        let gate = ManualTimeSource()
        let launcher = ScriptedLauncher { _, _ throws(ProcessError) in
            do throws(CancellationError) { try await gate.sleep(for: .seconds(1)) } catch { throw .cancelled }
            return ProcessResult(ending: .exited(0), output: Array(Self.printed(#""token":"t""#).utf8))
        }
        let rig = rig(launcher)
        accept(rig)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { try await get(rig) } }
            await gate.advance(by: .seconds(1), afterSleepers: 1)
            try await group.waitForAll()
        }
        #expect(launcher.started.count == 1)
        #expect(rig.transport.requests.count == 20)
    }

    /// The one inside is cancelled: its run ends with it, and the next in line runs the plugin again.
    @Test func aCancelledRunIsNobodyElsesFailure() async throws {
        let gate = ManualTimeSource()
        let launcher = ScriptedLauncher { run, _ throws(ProcessError) in
            if run == 1 {
                do throws(CancellationError) { try await gate.sleep(for: .seconds(1)) } catch { throw .cancelled }
            }
            return ProcessResult(ending: .exited(0), output: Array(Self.printed(#""token":"t""#).utf8))
        }
        let rig = rig(launcher)
        accept(rig)
        try await withThrowingTaskGroup(of: Void.self) { doomed in
            doomed.addTask {
                let error = await #expect(throws: KubernetesError.self) { try await get(rig) }
                #expect(error?.isCancelled == true)
            }
            await gate.waitForSleepers(1)
            async let second: Void = get(rig)
            doomed.cancelAll()
            try await doomed.waitForAll()
            try await second
        }
        #expect(launcher.started.count == 2)
    }

    @Test func aCertificateIsShownAndNotSent() async throws {
        let launcher = ScriptedLauncher(
            printing: Self.printed(#""clientCertificateData":"CERT","clientKeyData":"KEY""#))
        let rig = rig(launcher)
        accept(rig)
        try await get(rig)
        let request = try #require(rig.transport.requests.first)
        #expect(request.tls?.clientCertificatePEM == Array("CERT".utf8))
        #expect(request.tls?.clientKeyPEM == Array("KEY".utf8))
        #expect(request.headers.first("Authorization") == nil)
    }

    private static let place = "kubeconfig /k:9: users[u].user.exec: "

    /// Every message says which plugin of which file failed, with what it complained about, and never what it printed.
    @Test(arguments: [
        ("SECRET", "", 0, "aws: its output is no JSON: expected a number at byte 0, and said nothing"),
        ("{}", "", 0, "aws: its output is no ExecCredential, and said nothing"),
        (
            printed("", version: "v9"), "", 0,
            "aws: its output has the apiVersion v9 instead of \(version), and said nothing"
        ),
        (printed(""), "hint\n", 0, "aws: its output has neither a token nor a client certificate; it said: hint"),
        (
            printed(#""clientKeyData":"SECRET""#), "", 0,
            "aws: its output has only one of clientCertificateData and clientKeyData, and said nothing"
        ),
        (
            printed(#""token":"SECRET","expirationTimestamp":"soon""#), "", 0,
            "aws: its expirationTimestamp is no time: soon, and said nothing"
        ),
        ("SECRET", "no session\nlog in\n", 255, "aws exited with code 255; it said: no session | log in"),
    ])
    func aPluginThatFailsIsQuoted(_ output: String, _ errors: String, _ code: Int32, _ message: String) async {
        let rig = rig(
            ScriptedLauncher { _, _ throws(ProcessError) in
                ProcessResult(ending: .exited(code), output: Array(output.utf8), errors: Array(errors.utf8))
            })
        let error = await #expect(throws: KubernetesError.self) { try await get(rig) }
        #expect(error?.message == Self.place + message)
        #expect(error?.isUserError == true)
        #expect(rig.transport.requests.isEmpty)
    }

    @Test func whatItSaysIsBounded() async {
        let rig = rig(
            ScriptedLauncher { _, _ throws(ProcessError) in
                ProcessResult(ending: .exited(1), errors: Array(repeating: UInt8(ascii: "x"), count: 100_000))
            })
        let error = await #expect(throws: KubernetesError.self) { try await get(rig) }
        #expect((error?.message.utf8.count ?? 0) < 700)
    }

    @Test(arguments: [
        (nil, "aws: no such program in PATH (/bin); is it installed?"),
        ("apt install aws", "aws: no such program in PATH (/bin). apt install aws"),
    ])
    func aMissingProgramComesWithTheHint(_ hint: String?, _ message: String) async {
        let launcher = ScriptedLauncher { _, _ throws(ProcessError) in throw .notFound(program: "aws", path: "/bin") }
        let rig = rig(launcher, installHint: hint)
        let error = await #expect(throws: KubernetesError.self) { try await get(rig) }
        #expect(error?.message == Self.place + message)
    }

    @Test func aFailureIsRememberedForAMoment() async throws {
        let launcher = ScriptedLauncher { run, _ throws(ProcessError) in
            run == 1
                ? ProcessResult(ending: .exited(1))
                : ProcessResult(ending: .exited(0), output: Array(Self.printed(#""token":"t""#).utf8))
        }
        let rig = rig(launcher)
        accept(rig)
        for _ in 0..<3 { await #expect(throws: KubernetesError.self) { try await get(rig) } }
        #expect(launcher.started.count == 1)
        rig.time.advance(by: .seconds(5))
        try await get(rig)
        #expect(launcher.started.count == 2)
    }

    /// A real program, without a shell between.
    @Test func aRealPluginRuns() async throws {
        var plugin = Self.plugin()
        plugin.command = "/usr/bin/printf"
        plugin.arguments = ["%s", Self.printed(#""token":"$(id)""#)]
        let rig = ClientRig(credential: .exec(plugin))
        accept(rig)
        try await get(rig)
        #expect(sent(rig) == ["Bearer $(id)"])
    }
}
