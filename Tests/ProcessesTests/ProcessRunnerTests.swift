import Glibc
import LifecycleTesting
import Primitives
import Processes
import Testing

/// Real programs of every Debian: sh, cat, sleep.
@Suite(.timeLimit(.minutes(1))) struct ProcessRunnerTests {
    let time = ManualTimeSource()

    private func run(
        _ script: String, _ arguments: [String] = [], input: [UInt8] = [], environment: [String: String] = [:],
        directory: String? = nil, outputLimit: Int = 1 << 20
    ) async throws(ProcessError) -> ProcessResult {
        try await ProcessRunner(time: time).run(
            ProcessRequest(
                "/bin/sh", ["-c", script, "sh"] + arguments, environment: environment, directory: directory,
                input: input, timeLimit: .seconds(60), outputLimit: outputLimit))
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test(arguments: [
        ("exit 0", ProcessResult.Ending.exited(0), "", ""), ("echo a; echo b >&2; exit 3", .exited(3), "a\n", "b\n"),
        ("kill -9 $$", .killed(signal: 9), "", ""), ("printf 'ü\\0x'", .exited(0), "ü\0x", ""),
        // Nothing of ours is blocked, ignored or inherited.
        ("grep -E 'Sig(Blk|Ign)' /proc/self/status | tr -d '\\t\\n'", .exited(0), sigmasks, ""),
        ("cd /proc/self/fd && echo *", .exited(0), "0 1 2 3\n", ""),
        ("env | grep -v PWD | grep -v '^_='; pwd", .exited(0), "/\n", ""),
    ])
    func endingAndBothStreamsComeBack(
        _ script: String, _ ending: ProcessResult.Ending, _ output: String, _ errors: String
    ) async throws {
        let result = try await run(script, directory: "/")
        #expect(result.ending == ending)
        #expect(Self.text(result.output) == output)
        #expect(Self.text(result.errors) == errors)
        #expect(!result.timedOut)
        #expect(result.succeeded == (ending == .exited(0)))
    }

    private static let sigmasks = "SigBlk:0000000000000000SigIgn:0000000000000000"

    @Test func argumentsReachTheProgramAsTheyAre() async throws {
        let result = try await run(
            #"printf '%s|' "$@"; printf %s "$X""#, ["a  b", "$(id)", ""], environment: ["X": "ü;"])
        #expect(Self.text(result.output) == "a  b|$(id)||ü;")
    }

    @Test func inputAndOutputFlowTogether() async throws {
        let input = (0..<2_000_000).map { UInt8(truncatingIfNeeded: $0) }
        let echoed = try await run("cat", input: input, outputLimit: 4 << 20)
        #expect(echoed.output == input)
        let unread = try await run("exec 0<&-; echo done", input: input)
        #expect(Self.text(unread.output) == "done\n")
    }

    /// The second line is written only when somebody has heard the first.
    @Test func theErrorStreamIsHeardWhileTheProgramRuns() async throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let (reading, writing) = (ends[0], ends[1])
        defer { for end in ends { close(end) } }
        let heard = Locked<[UInt8]>([])
        let script = "echo one >&2; read go < /proc/\(getpid())/fd/\(reading); echo two >&2; echo out"
        let result = try await ProcessRunner(time: time).run(
            ProcessRequest("/bin/sh", ["-c", script], timeLimit: .seconds(60))
        ) { piece in
            heard.withLock { $0 += piece }
            if Self.text(heard.withLock { $0 }) == "one\n" { _ = write(writing, "go\n", 3) }
        }
        #expect(Self.text(heard.withLock { $0 }) == "one\ntwo\n")
        #expect(Self.text(result.errors) == "one\ntwo\n" && Self.text(result.output) == "out\n")
    }

    @Test func outputIsBounded() async throws {
        let result = try await run(
            "echo head; head -c 3000000 /dev/zero; echo; echo tail; echo e >&2", outputLimit: 1_000)
        #expect(result.output.count == 1_000)
        #expect(result.output.count + result.outputDropped == 3_000_011)
        #expect(Self.text(result.output).hasPrefix("head\n") && Self.text(result.output).hasSuffix("\ntail\n"))
        #expect(Self.text(result.errors) == "e\n")
    }

    @Test(arguments: [
        ("/no/such", "/no/such: no such program"), ("nosuch", "nosuch: no such program in PATH (/bin:/usr/bin)"),
        ("/etc", "/etc cannot be started: Permission denied"), ("a\0b", "no such program"),
    ])
    func whatCannotStartSaysSo(_ program: String, _ message: String) async {
        let request = ProcessRequest(program, environment: ["PATH": "/bin:/usr/bin"], timeLimit: .seconds(1))
        let error = await #expect(throws: ProcessError.self) { try await ProcessRunner(time: time).run(request) }
        #expect(error?.description.contains(message) == true, "\(String(describing: error))")
    }

    @Test func aNameIsLookedForInThePathOfTheProgram() async throws {
        let result = try await ProcessRunner(time: time).run(
            ProcessRequest("true", environment: ["PATH": "/nowhere:/bin"], timeLimit: .seconds(1)))
        #expect(result.succeeded)
    }

    @Test func theTimeLimitStopsAndThenKills() async throws {
        let marker = "/tmp/aiops-process-\(UInt64.random(in: .min ... .max))"
        defer { unlink(marker) }
        for (script, ending) in [
            ("echo on; : > \(marker); exec sleep 1000", ProcessResult.Ending.killed(signal: SIGTERM)),
            ("trap '' TERM; echo on; : > \(marker); while :; do sleep 1000; done", .killed(signal: SIGKILL)),
        ] {
            unlink(marker)
            let result = try await withThrowingTaskGroup(of: ProcessResult.self) { group in
                group.addTask { try await run(script) }
                try await reached { access(marker, F_OK) == 0 }
                await time.advance(by: .seconds(60), afterSleepers: 1)
                if ending == .killed(signal: SIGKILL) { await time.advance(by: .seconds(2), afterSleepers: 1) }
                return try #require(try await group.next())
            }
            #expect(result.ending == ending)
            #expect(result.timedOut)
            #expect(Self.text(result.output) == "on\n")
        }
    }

    @Test func cancellationKillsTheGroup() async throws {
        let marker = "/tmp/aiops-process-\(UInt64.random(in: .min ... .max))"
        defer { unlink(marker) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let error = await #expect(throws: ProcessError.self) {
                    try await run(
                        "sleep 1000 & echo $! > \(marker).new; mv \(marker).new \(marker); trap '' TERM; wait")
                }
                #expect(error == .cancelled)
            }
            try await reached { access(marker, F_OK) == 0 }
            group.cancelAll()
        }
        let helper = try #require(Self.number(in: marker))
        try await reached { !Self.isRunning(helper) }
    }

    @Test func nothingIsLeftBehind() async throws {
        let result = try await run("sleep 1000 & echo $$ $!")
        let pids = Self.text(result.output).split(whereSeparator: \.isWhitespace).compactMap { pid_t($0) }
        #expect(pids.count == 2)
        // Not even a zombie of the child itself; the orphan belongs to init.
        #expect(kill(pids[0], 0) == -1 && errno == ESRCH)
        try await reached { !Self.isRunning(pids[1]) }

        let before = Self.openDescriptors()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                group.addTask {
                    let program = number % 4 == 0 ? "/no/such" : "/bin/true"
                    let request = ProcessRequest(program, timeLimit: .seconds(60))
                    do throws(ProcessError) { _ = try await ProcessRunner(time: time).run(request) } catch {
                        guard number % 4 == 0 else { throw error }
                    }
                }
            }
            try await group.waitForAll()
        }
        // Other suites run beside this one; a leak would be one for each run.
        #expect(Self.openDescriptors() < before + 60)
    }

    /// The kernel's word for it: what happens then is seen where the operator is killed (`KindTests`).
    @Test func aProgramIsToDieWithUs() async throws {
        let result = try await run("exec setpriv --dump", environment: ["PATH": "/usr/bin:/bin"])
        #expect(Self.text(result.output).contains("Parent death signal: KILL\n"), "\(Self.text(result.errors))")
    }

    private static func openDescriptors() -> Int {
        (0..<4_096).count { fcntl(Int32($0), F_GETFD) >= 0 }
    }

    /// Neither gone nor a zombie that waits for init.
    private static func isRunning(_ pid: pid_t) -> Bool {
        firstLine(of: "/proc/\(pid)/stat").map { !$0.contains(") Z ") } ?? false
    }

    private static func number(in path: String) -> pid_t? {
        firstLine(of: path).flatMap { pid_t($0.filter(\.isNumber)) }
    }

    private static func firstLine(of path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 512)
        guard fgets(&line, Int32(line.count), file) != nil else { return nil }
        return String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Waits for something outside this process, with a deadline.
    private func reached(_ condition: () -> Bool) async throws {
        let system = SystemTimeSource()
        let deadline = system.monotonicNow() + .seconds(20)
        while !condition() {
            try #require(system.monotonicNow() < deadline, "not reached within 20 s")
            try await system.sleep(for: .milliseconds(5))
        }
    }
}
