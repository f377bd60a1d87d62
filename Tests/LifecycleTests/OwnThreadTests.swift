import Glibc
import Primitives
import SchedulingTesting
import Testing

/// What suites in virtual time rely on: nothing else takes turns with them.
@Suite(.ownThread) struct OwnThreadTests {
    private static func threadName() -> String {
        let file = open("/proc/thread-self/comm", O_RDONLY)
        defer { close(file) }
        var name = [UInt8](repeating: 0, count: 16)
        let count = read(file, &name, name.count)
        // A line.
        return String(decoding: name.prefix(max(0, count - 1)), as: UTF8.self)
    }

    /// By its name, since on a quiet machine a test keeps to one thread of the pool as well.
    @Test(arguments: 1...3) func aTestAndItsChildTasksAreOnIt(count: Int) async {
        let seen = Locked<Set<String>>([])
        await Task.yield()
        seen.withLock { _ = $0.insert(Self.threadName()) }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<count {
                group.addTask {
                    await Task.yield()
                    seen.withLock { _ = $0.insert(Self.threadName()) }
                }
            }
        }
        #expect(seen.withLock { $0 } == [OwnThread.name])
    }
}
