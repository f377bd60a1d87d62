internal import CLinux

/// A thread of the operating system for what must block: an event loop, a signal pipe.
///
/// The cooperative pool has one thread per core, so nothing on it may wait in the kernel.
package enum PlatformThread {
    /// Why a thread could not be made: the number of the system's error.
    package struct Failure: Error, Sendable, Hashable {
        package let code: Int32
    }

    private final class Start: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts `body` on a new detached thread with every signal blocked; the kernel keeps 15 bytes of the name.
    package static func spawn(name: String, _ body: @escaping @Sendable () -> Void) throws(Failure) {
        let start = Unmanaged.passRetained(
            Start {
                aiops_name_thread(name)
                body()
            })
        let code = aiops_start_thread(threadMain, start.toOpaque())
        guard code == 0 else {
            start.release()
            throw Failure(code: code)
        }
    }

    private static let threadMain: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { pointer in
        guard let pointer else { return nil }
        Unmanaged<Start>.fromOpaque(pointer).takeRetainedValue().body()
        return nil
    }
}
