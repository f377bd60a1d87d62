import ClusterTesting
import Glibc

/// A door before kind: a command that comes to it while it is shut stays there until whoever called it is gone.
///
/// So the operator is killed where a test wants it to be killed, however fast the machine is. Invariant: a command that was held
/// is never carried out.
struct KindDoor: Sendable {
    enum Command: String, CaseIterable, Sendable {
        case create = "create-cluster"
        case kubeconfig = "get-kubeconfig"
        case delete = "delete-cluster"
        case list = "get-clusters"
    }

    /// Stands for kind.
    let program: String
    private let folder: String

    /// `folder` is there, and nobody else's.
    init(to kind: String, in folder: String) throws {
        self.folder = folder
        program = "\(folder)/kind"
        let script = """
            #!/bin/sh
            door='\(folder)/'"$1-$2"
            # Some are let through until a node is gone.
            node=$(cat "$door.node" 2> /dev/null)
            if [ -p "$door" ] && { [ -z "$node" ] || [ -z "$(docker ps --all --quiet --filter "name=^/?$node\\$")" ]; }; then
                : > "$door.held-$$"
                read -r _ < "$door"
                exit 1
            fi
            exec '\(kind)' "$@"

            """
        try TextFile.write(program, script, mode: 0o700)
    }

    /// Holds commands from now on; those that come before `node` is gone go through.
    func shut(_ command: Command, untilGone node: String? = nil) throws {
        if let node { try TextFile.write("\(path(command)).node", node, mode: 0o600) }
        guard mkfifo(path(command), 0o600) == 0 else { throw NeverHappened("no door for \(command): \(errno)") }
    }

    /// Lets through what comes from now on; what is held and was not ended with its operator fails.
    func open(_ command: Command) {
        let end = Glibc.open(path(command), O_WRONLY | O_NONBLOCK | O_CLOEXEC)
        if end >= 0 { close(end) }
        for name in TextFile.names(in: folder) where name.hasPrefix(command.rawValue) { unlink("\(folder)/\(name)") }
    }

    /// The processes that were held since it was shut, gone or not.
    func held(_ command: Command) -> [Int32] {
        let mark = "\(command.rawValue).held-"
        return TextFile.names(in: folder).filter { $0.hasPrefix(mark) }.compactMap { Int32($0.dropFirst(mark.count)) }
    }

    private func path(_ command: Command) -> String { "\(folder)/\(command.rawValue)" }
}
