import Environments
package import Primitives
package import Processes

/// Plays kind with its engine: clusters are names that are there, and what goes wrong is said beforehand.
package final class KindPlayer: ProcessFollower {
    /// How a command ends instead of well.
    package enum Mishap: Sendable {
        /// With these words, having made nothing.
        case fails(String)
        /// With these words, having made a half.
        case failsHalfway(String)
        case timesOut
        case notFound
        /// When the calling task is cancelled, having made a half.
        case hangs
    }

    package struct State: Sendable {
        package var clusters: Set<String> = []
        package var mishaps: [String: [Mishap]] = [:]
        package var started: [ProcessRequest] = []
        package var creating = 0
        package var mostCreating = 0
        package var version = "kind v0.27.0 go1.24.4 linux/amd64"
        /// Held until it is nil.
        package var isHeld = false
        /// Told the name of each cluster before it is made.
        package var whenCreating: (@Sendable (String) -> Void)?
    }

    package let state = Locked(State())

    package init() {}

    /// The command words of what was run.
    package var commands: [String] {
        state.withLock { $0.started.map { $0.arguments.prefix(2).joined(separator: " ") } }
    }
    package var clusters: Set<String> { state.withLock { $0.clusters } }

    package func put(_ name: String) { _ = state.withLock { $0.clusters.insert(name) } }
    package func next(_ command: String, _ mishap: Mishap) {
        state.withLock { $0.mishaps[command, default: []].append(mishap) }
    }

    package func run(_ request: ProcessRequest) async throws(ProcessError) -> ProcessResult {
        try await play(request) { _ in }
    }

    package func run(_ request: ProcessRequest, hear: @escaping Hear) async throws(ProcessError) -> ProcessResult {
        try await play(request, hear)
    }

    private func play(_ request: ProcessRequest, _ hear: @escaping Hear) async throws(ProcessError) -> ProcessResult {
        let command = request.arguments.prefix(2).joined(separator: " ")
        let name = request.arguments.firstIndex(of: "--name").map { request.arguments[$0 + 1] } ?? ""
        let mishap = state.withLock { state -> Mishap? in
            state.started.append(request)
            if command == "create cluster" {
                state.creating += 1
                state.mostCreating = max(state.mostCreating, state.creating)
            }
            guard let first = state.mishaps[command]?.first else { return nil }
            state.mishaps[command]?.removeFirst()
            return first
        }
        defer { if command == "create cluster" { state.withLock { $0.creating -= 1 } } }
        while state.withLock({ $0.isHeld }), command == "create cluster" {
            if Task.isCancelled { throw .cancelled }
            await Task.yield()
        }
        if command == "create cluster", let tell = state.withLock({ $0.whenCreating }) { tell(name) }
        switch mishap {
        case .fails(let words): return failed(words)
        case .failsHalfway(let words):
            put(name)
            return failed(words)
        case .timesOut:
            put(name)
            return ProcessResult(ending: .killed(signal: 15), timedOut: true)
        case .notFound: throw .notFound(program: request.program, path: "/bin")
        case .hangs:
            put(name)
            while !Task.isCancelled { await Task.yield() }
            throw .cancelled
        case nil: return done(command, name, hear)
        }
    }

    private func failed(_ words: String) -> ProcessResult {
        ProcessResult(ending: .exited(1), errors: Array("ERROR: \(words)\n".utf8))
    }

    private func done(_ command: String, _ name: String, _ hear: Hear) -> ProcessResult {
        let printed = state.withLock { state -> String in
            switch command {
            case "version": return state.version + "\n"
            case "get clusters": return state.clusters.sorted().map { "\($0)\n" }.joined()
            case "get kubeconfig": return "kubeconfig of \(name)"
            case "create cluster": state.clusters.insert(name)
            case "delete cluster": state.clusters.remove(name)
            default: break
            }
            return ""
        }
        if command == "create cluster" { hear(Array(" • Preparing nodes 📦   ...\n".utf8)) }
        return ProcessResult(ending: .exited(0), output: Array(printed.utf8))
    }
}
