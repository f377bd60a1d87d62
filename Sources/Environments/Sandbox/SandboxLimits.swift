/// What a command of the agent may take, set by `ulimit` before it runs and inherited by all that it starts.
///
/// Whoever has no privileges cannot raise them again. The memory and the processor time of all processes together are
/// bounded by the container's own limits.
package enum SandboxLimits {
    /// Processes and threads of the sandbox's user, which no other sandbox shares: the kernel counts users, not containers.
    package static let processes = 256
    /// Open files of one process.
    package static let openFiles = 256
    /// Bytes of one file.
    ///
    /// Some are on the node's disk whatever the sandbox mounts, such as the one for its last words.
    package static let fileBytes = 32 << 20
    /// Private memory of one process, below what the container has, so that who asks for too much is refused and not killed.
    ///
    /// Address space is not limited: programs in Go reserve far more of it than they use.
    package static let memoryBytes = 384 << 20
    /// Memory of the sandbox, its files included, which are in memory as well.
    package static let containerMemory = "512Mi"
    /// Bytes that a command may write to its streams before it is ended: what is kept of them is far less.
    package static let streamBytes = 64 << 20
}
