import CLinux
import Glibc
import Primitives

/// A child process with its input and output in the test's hands; calls block.
final class Subprocess: Sendable {
    struct Failed: Error {
        var what: String
    }

    private let child: pid_t
    private let input: Int32
    private let output: Int32
    private let text = Locked("")
    private let exitStatus = Locked<Int32?>(nil)

    init(_ program: String, _ arguments: [String]) throws {
        var toChild: [Int32] = [-1, -1]
        var fromChild: [Int32] = [-1, -1]
        // Not even for a moment may another child inherit them: their end would not be seen before that child's.
        guard aiops_private_pipe(&toChild) == 0, aiops_private_pipe(&fromChild) == 0 else { throw Failed(what: "pipe") }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], 2)
        var pid = pid_t()
        let strings = ([program] + arguments).map { strdup($0) }
        defer { for string in strings { free(string) } }
        let code = posix_spawnp(&pid, program, &actions, nil, strings + [nil], environ)
        close(toChild[0])
        close(fromChild[1])
        guard code == 0 else { throw Failed(what: program) }
        (child, input, output) = (pid, toChild[1], fromChild[0])
    }

    deinit {
        let isRunning = exitStatus.withLock { $0 == nil }
        if isRunning { kill(child, SIGKILL) }
        close(input)
        close(output)
        if isRunning { _ = wait() }
    }

    /// The exit status, as `waitpid` gives it, once the child has ended.
    func wait() -> Int32 {
        exitStatus.withLock { known in
            if let known { return known }
            var status: Int32 = 0
            waitpid(child, &status, 0)
            known = status
            return status
        }
    }

    func write(_ text: String) {
        var bytes = Array(text.utf8)
        _ = Glibc.write(input, &bytes, bytes.count)
    }

    /// Reads output until it holds `needle`; the text up to then, or `nil` when it ended first.
    func read(until needle: String) -> String? {
        while true {
            let all = text.withLock { $0 }
            if all.contains(needle) { return all }
            guard fill() else { return nil }
        }
    }

    /// The next line of output, or `nil` at its end.
    func nextLine() -> String? {
        while true {
            let line: String? = text.withLock { text in
                guard let end = text.firstIndex(of: "\n") else { return nil }
                defer { text.removeSubrange(...end) }
                return String(text[..<end])
            }
            if let line { return line }
            guard fill() else { return nil }
        }
    }

    /// All output, once the child has closed it.
    func readToEnd() -> String {
        while fill() {}
        return text.withLock { $0 }
    }

    private func fill() -> Bool {
        var piece = [UInt8](repeating: 0, count: 4_096)
        let count = Glibc.read(output, &piece, piece.count)
        guard count > 0 else { return false }
        text.withLock { $0 += String(decoding: piece[..<count], as: UTF8.self) }
        return true
    }
}
