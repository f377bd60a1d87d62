import HTTP
import HTTPTesting
import KubernetesClient
import Lifecycle
import LifecycleTesting
import Primitives
import Processes
import SchedulingTesting
import Telemetry
import Testing

/// A plugin whose answers are fetched ahead, by a service that nobody's haste ends.
@Suite(.ownThread, .timeLimit(.minutes(1))) struct PluginRenewalTests {
    private static let version = "client.authentication.k8s.io/v1"

    private static func printed(_ token: String, expires: Duration? = nil) -> [UInt8] {
        let end = expires.map { #","expirationTimestamp":"\#((ManualTimeSource().wallNow() + $0).rfc3339)""# } ?? ""
        return Array(
            #"{"kind":"ExecCredential","apiVersion":"\#(version)","status":{"token":"\#(token)"\#(end)}}"#.utf8)
    }

    /// What one run of the plugin does: how long it takes, and what it prints; nothing for a failure.
    private struct Run: Sendable {
        var takes = Duration.zero
        var prints: [UInt8]?
    }

    private final class Plugin: Sendable {
        let launcher: ScriptedLauncher
        let rig: ClientRig

        init(_ runs: Run...) {
            let source = Locked<ManualTimeSource?>(nil)
            launcher = ScriptedLauncher { number, _ throws(ProcessError) in
                let run = runs[min(number, runs.count) - 1]
                do throws(CancellationError) {
                    try await source.withLock { $0 }?.sleep(for: run.takes)
                } catch {
                    throw .cancelled
                }
                guard let output = run.prints else { return ProcessResult(ending: .exited(1)) }
                return ProcessResult(ending: .exited(0), output: output)
            }
            let plugin = ExecPlugin(apiVersion: PluginRenewalTests.version, command: "aws", place: "kubeconfig /k:9")
            rig = ClientRig(credential: .exec(plugin), launcher: launcher)
            source.withLock { [time = rig.time] in $0 = time }
            accept()
        }

        var runs: Int { launcher.started.count }
        var time: ManualTimeSource { rig.time }

        /// Answers 200 to the tokens named, or to all, and 401 to others.
        func accept(_ tokens: String...) {
            rig.transport.otherwise { request throws(HTTPError) in
                let token = request.headers.first("Authorization") ?? "-"
                let isGood = tokens.isEmpty || tokens.contains { token == "Bearer \($0)" }
                let body = isGood ? ClientRig.widget() : ClientRig.status(401, "Unauthorized")
                return HTTPResponse(status: isGood ? 200 : 401, bytes: Array(body.utf8))
            }
        }

        /// The token that the request got through with.
        @discardableResult
        func get() async throws -> String {
            _ = try await rig.client.get(Widget.self, rig.key)
            return rig.transport.requests.last?.headers.first("Authorization") ?? "-"
        }

        func keeping(_ body: () async throws -> Void) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { [identity = rig.identity] in try await identity.run() }
                try await body()
                group.cancelAll()
                do { try await group.waitForAll() } catch is CancellationError {}
            }
        }

        func until(_ comment: Comment, _ condition: () -> Bool) async {
            for _ in 0..<1_000_000 {
                if condition() { return }
                await Task.yield()
            }
            Issue.record(comment)
        }

        /// Moves time on to when the run that is under way ends, or the next begins.
        func toTheNextWake() async throws {
            await time.waitForSleepers(1)
            time.advance(by: try #require(time.untilNextWake))
        }
    }

    @Test func theOldOneServesWhileTheNextIsFetched() async throws {
        let plugin = Plugin(
            Run(prints: Self.printed("one", expires: .seconds(900))),
            Run(takes: .seconds(100), prints: Self.printed("two", expires: .seconds(1_800))))
        try await plugin.keeping {
            #expect(try await plugin.get() == "Bearer one")
            try await plugin.toTheNextWake()
            #expect(plugin.time.monotonicNow() == .seconds(780), "two minutes before the end")
            await plugin.until("the second run has begun") { plugin.runs == 2 }
            await plugin.time.advance(by: .seconds(99), afterSleepers: 1)
            #expect(try await plugin.get() == "Bearer one")
            plugin.time.advance(by: .seconds(1))
            // Ten seconds before its end the old one is not used any more, so the new one is waited for.
            plugin.time.advance(by: .seconds(10))
            #expect(try await plugin.get() == "Bearer two")
        }
        #expect(plugin.runs == 2)
    }

    /// The first is fetched before anybody asks, and takes as long as it takes.
    @Test func whoeverGivesUpEndsNoRun() async throws {
        let plugin = Plugin(Run(takes: .seconds(50), prints: Self.printed("one")))
        try await plugin.keeping {
            await plugin.until("it runs") { plugin.runs == 1 }
            for _ in 0..<3 {
                try await withThrowingTaskGroup(of: Void.self) { hasty in
                    hasty.addTask {
                        let error = await #expect(throws: KubernetesError.self) { try await plugin.get() }
                        #expect(error?.isCancelled == true)
                    }
                    await plugin.until("it waits for the run") { plugin.rig.identity.waiting == 1 }
                    hasty.cancelAll()
                    try await hasty.waitForAll()
                }
            }
            async let patient = plugin.get()
            await plugin.time.advance(by: .seconds(50), afterSleepers: 1)
            #expect(try await patient == "Bearer one")
        }
        #expect(plugin.runs == 1 && plugin.rig.transport.requests.count == 1)
    }

    /// Without an expiry only a refusal tells; the run that it leads to serves the next try of whoever gave up on it.
    @Test func aRefusalLeadsToOneRunThatOutlivesIt() async throws {
        let plugin = Plugin(Run(prints: Self.printed("one")), Run(takes: .seconds(8), prints: Self.printed("two")))
        try await plugin.keeping {
            #expect(try await plugin.get() == "Bearer one")
            plugin.accept("two")
            try await withThrowingTaskGroup(of: Void.self) { hasty in
                hasty.addTask {
                    await #expect(throws: DeadlineExceeded.self) {
                        try await withDeadline(.seconds(5), time: plugin.time) { try await plugin.get() }
                    }
                }
                await plugin.time.advance(by: .seconds(5), afterSleepers: 2)
                try await hasty.waitForAll()
            }
            async let next = plugin.get()
            await plugin.until("it is refused and waits") { plugin.rig.transport.requests.count == 3 }
            for _ in 0..<100 { await Task.yield() }
            plugin.time.advance(by: .seconds(3))
            #expect(try await next == "Bearer two")
        }
        #expect(plugin.runs == 2 && plugin.rig.transport.requests.count == 4)
    }

    @Test func aRunThatFailsAheadTakesNothingAndIsMadeAgain() async throws {
        let plugin = Plugin(
            Run(prints: Self.printed("one", expires: .seconds(900))), Run(), Run(),
            Run(prints: Self.printed("two", expires: .seconds(1_800))))
        var begins: [Duration] = []
        try await plugin.keeping {
            for run in 2...4 {
                await plugin.until("run \(run - 1)") { plugin.runs == run - 1 }
                #expect(try await plugin.get() == "Bearer one")
                try await plugin.toTheNextWake()
                begins.append(plugin.time.monotonicNow())
            }
            var token = "-"
            for _ in 0..<10_000 where token != "Bearer two" {
                token = try await plugin.get()
                await Task.yield()
            }
            #expect(token == "Bearer two" && plugin.runs == 4)
        }
        #expect(begins == [780, 795, 810].map { Duration.seconds($0) })
    }

    /// A life shorter than four minutes is halved.
    @Test func aShortLifeIsRenewedAtItsHalf() async throws {
        let plugin = Plugin(
            Run(prints: Self.printed("one", expires: .seconds(60))), Run(prints: Self.printed("two")))
        try await plugin.keeping {
            try await plugin.toTheNextWake()
            #expect(plugin.time.monotonicNow() == .seconds(30))
            await plugin.until("the second run") { plugin.runs == 2 }
        }
    }

    /// As with a clock that is an hour ahead: whoever asks gets it, and nobody else runs the plugin over and over.
    @Test func whatIsOverWhenItComesIsNotFetchedInALoop() async throws {
        let plugin = Plugin(Run(prints: Self.printed("one", expires: .seconds(-3_600))))
        try await plugin.keeping {
            for run in 1...4 {
                await plugin.until("run \(run)") { plugin.runs == run }
                try await plugin.toTheNextWake()
                #expect(plugin.time.monotonicNow() == .seconds(15 * run))
            }
            #expect(try await plugin.get() == "Bearer one")
        }
    }

    /// At the end of the process somebody may still have to give the Lease up.
    @Test func whoWaitsWhenTheServiceEndsRunsThePluginAlone() async throws {
        let plugin = Plugin(Run(takes: .seconds(50), prints: Self.printed("one")), Run(prints: Self.printed("two")))
        try await withThrowingTaskGroup(of: String.self) { group in
            try await plugin.keeping {
                await plugin.until("it runs") { plugin.runs == 1 }
                group.addTask { try await plugin.get() }
                await plugin.until("it waits for the run") { plugin.rig.identity.waiting == 1 }
            }
            #expect(try await group.next() == "Bearer two")
        }
    }

    @Test func whatNeedsNoRenewalIsMindedWithoutWork() async throws {
        let rig = ClientRig(credential: .token("one"))
        let hasEnded = Locked(false)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: CancellationError.self) { try await rig.identity.run() }
                hasEnded.withLock { $0 = true }
            }
            for _ in 0..<1_000 { await Task.yield() }
            #expect(!hasEnded.withLock { $0 })
            group.cancelAll()
        }
    }

    /// What is printed here, by whatever road a token comes, is never to be read in a log.
    @Test(arguments: ["given", "file", "plugin"]) func aTokenIsHeldSecretBeforeItIsUsed(road: String) async throws {
        let (first, second) = ("quite-plain-words", "other-plain-words")
        let files = MemoryFiles(["/token": first])
        let launcher = ScriptedLauncher { run, _ throws(ProcessError) in
            ProcessResult(ending: .exited(0), output: Self.printed(run == 1 ? first : second))
        }
        let credential: Credential =
            switch road {
            case "given": .token(first)
            case "file": .tokenFile("/token")
            default: .exec(ExecPlugin(apiVersion: Self.version, command: "aws", place: "kubeconfig /k:9"))
            }
        let rig = ClientRig(credential: credential, files: files, launcher: launcher)
        let said = Locked<[String]>([])
        rig.transport.otherwise { request throws(HTTPError) in
            let token = request.headers.first("Authorization")?.dropFirst(7) ?? "-"
            said.withLock { $0.append(rig.redactor.redact("with \(token)")) }
            let isOld = token == first && road != "given"
            let body = isOld ? ClientRig.status(401, "Unauthorized") : ClientRig.widget()
            return HTTPResponse(status: isOld ? 401 : 200, bytes: Array(body.utf8))
        }
        if road == "file" {
            // Read, and then replaced under us.
            await #expect(throws: KubernetesError.self) { try await rig.client.get(Widget.self, rig.key) }
            files.write("/token", second)
        }
        _ = try await rig.client.get(Widget.self, rig.key)
        let heard = said.withLock { $0 }
        #expect(!heard.isEmpty && heard.allSatisfy { $0 == "with [redacted]" }, "\(heard)")
    }
}
