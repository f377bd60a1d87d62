import KubernetesClient
import Primitives

/// Files for tests; it counts how often each is read.
final class MemoryFiles: FileSource {
    private struct State {
        var contents: [String: String]
        var reads: [String: Int] = [:]
    }

    private let state: Locked<State>

    init(_ contents: [String: String] = [:]) { state = Locked(State(contents: contents)) }

    func read(_ path: String) throws(FileError) -> [UInt8]? {
        let text = state.withLock { state in
            state.reads[path, default: 0] += 1
            return state.contents[path]
        }
        if text == "unreadable" { throw FileError(path: path, reason: "Permission denied") }
        return text.map { Array($0.utf8) }
    }

    func write(_ path: String, _ text: String?) { state.withLock { $0.contents[path] = text } }

    func reads(of path: String) -> Int { state.withLock { $0.reads[path] ?? 0 } }
}
