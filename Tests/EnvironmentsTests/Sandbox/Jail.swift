import Environments
import Glibc
import KubernetesClient
import KubernetesModel
import Primitives
import Processes

/// A sandbox without a cluster: the real scripts in a process namespace of their own, as a user of their own.
///
/// What runs in it is entered from outside, as a container runtime does. Needs root.
struct Jail: PodCommands {
    enum Failure: Error { case notStarted }

    let user: Int
    let home: String
    /// The process outside that started the namespace.
    private let keeper: String
    private let runner = ProcessRunner(time: SystemTimeSource())
    private static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Runs the body beside a jail whose `/bin/sh` is the named shell; `first` is process 1.
    static func use<T: Sendable>(
        shell: String = "dash", first: [String] = SandboxScript.hold(),
        _ body: @escaping @Sendable (Jail) async throws -> T
    ) async throws -> T {
        let mark = Int.random(in: 1...0xFF_FFFF)
        let jail = Jail(
            user: 1_700_000_000 + mark, home: "/tmp/jail-\(mark)", keeper: "/tmp/jail-\(mark)/.keeper")
        return try await withThrowingTaskGroup(of: T?.self) { group in
            group.addTask {
                _ = try await jail.begin(shell: shell, first: first)
                return nil
            }
            group.addTask {
                try await jail.awaitStart()
                return try await body(jail)
            }
            let outcome: Result<T?, any Error>
            do {
                var first: T?
                while first == nil, let next = try await group.next() { first = next }
                outcome = .success(first)
            } catch {
                outcome = .failure(error)
            }
            group.cancelAll()
            try await jail.outside("rm", ["-rf", jail.home])
            guard let outcome = try outcome.get() else { throw Failure.notStarted }
            return outcome
        }
    }

    private func begin(shell: String, first: [String]) async throws(ProcessError) -> ProcessResult {
        // What a mount namespace of its own shows as /bin/sh, and the user that all of it runs as.
        let script = """
            home=$1 user=$2 shell=$3; shift 3
            mkdir -p $home && chown $user $home && echo $$ >$home/.keeper.new && mv $home/.keeper.new $home/.keeper
            export HOME=$home
            mount --bind "$(readlink -f "$(command -v $shell)")" "$(readlink -f /bin/sh)"
            exec unshare --pid --fork --kill-child --mount --mount-proc \\
              setpriv --reuid $user --regid $user --clear-groups --no-new-privs -- "$@"
            """
        return try await runner.run(
            ProcessRequest(
                "unshare",
                ["--mount", "--propagation", "private", "bash", "-c", script, "jail", home, "\(user)", shell] + first,
                environment: ["PATH": Self.path], timeLimit: .seconds(120)))
    }

    private func awaitStart() async throws {
        // Process 1 sleeps: all that comes before is done.
        let script = """
            for try in $(seq 500); do
              k=$(cat $1) c=$(cat /proc/$k/task/$k/children) s=$(cat /proc/${c% }/task/${c% }/children)
              [ "$(cat /proc/$k/comm) $(cat /proc/${s% }/comm)" = 'unshare sleep' ] && exit 0
              sleep 0.02
            done 2>/dev/null
            exit 1
            """
        guard try await outside("bash", ["-c", script, "await", keeper]).succeeded else { throw Failure.notStarted }
    }

    /// Runs a program on the machine itself.
    @discardableResult
    func outside(_ program: String, _ arguments: [String]) async throws(ProcessError) -> ProcessResult {
        try await runner.run(
            ProcessRequest(program, arguments, environment: ["PATH": Self.path], timeLimit: .seconds(30)))
    }

    /// The processes of the jail's user that are not zombies, but for process 1 and its sleeper.
    func processes() async throws -> [String] {
        let listed = try await outside("ps", ["-U", "\(user)", "-o", "stat=,args="])
        return String(decoding: listed.output, as: UTF8.self).split(separator: "\n").map(String.init).filter {
            !$0.hasPrefix("Z") && !$0.contains("# holds the sandbox") && !$0.hasSuffix("sleep 86399")
        }
    }

    func exec(_ pod: ObjectKey, _ exec: ExecRequest) async throws(KubernetesError) -> ExecResult {
        let entering = """
            read k <$1; read c </proc/$k/task/$k/children; user=$2; shift 2
            exec nsenter -t ${c% } -p -m -- setpriv --reuid $user --regid $user --clear-groups --no-new-privs -- "$@"
            """
        let ended: ProcessResult
        do {
            ended = try await runner.run(
                ProcessRequest(
                    "bash", ["-c", entering, "enter", keeper, "\(user)"] + exec.command,
                    environment: ["PATH": Self.path, "HOME": home], timeLimit: exec.timeout,
                    outputLimit: exec.outputLimit))
        } catch {
            throw KubernetesError(Operation(verb: "exec"), .unavailable)
        }
        var result = ExecResult()
        (result.stdout, result.stderr) = (ended.output, ended.errors)
        (result.stdoutDropped, result.stderrDropped) = (ended.outputDropped, ended.errorsDropped)
        result.timedOut = ended.timedOut
        switch ended.ending {
        case .exited(let code): result.exitCode = ended.timedOut ? nil : code
        case .killed(let signal): result.exitCode = ended.timedOut ? nil : 128 + signal
        }
        return result
    }
}
