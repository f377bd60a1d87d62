import Primitives
import Processes

/// Programs that a test plays; it keeps what was started.
final class ScriptedLauncher: ProcessLauncher {
    typealias Program = @Sendable (_ run: Int, ProcessRequest) async throws(ProcessError) -> ProcessResult

    private let requests = Locked<[ProcessRequest]>([])
    private let program: Program

    init(_ program: @escaping Program) { self.program = program }

    /// Prints one text a run, the last one over and over.
    convenience init(printing texts: String...) {
        self.init { run, _ throws(ProcessError) in
            ProcessResult(ending: .exited(0), output: Array(texts[min(run, texts.count) - 1].utf8))
        }
    }

    var started: [ProcessRequest] { requests.withLock { $0 } }

    func run(_ request: ProcessRequest) async throws(ProcessError) -> ProcessResult {
        let run = requests.withLock { requests in
            requests.append(request)
            return requests.count
        }
        return try await program(run, request)
    }
}
