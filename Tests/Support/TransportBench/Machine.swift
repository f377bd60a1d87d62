import Glibc

/// What the kernel says about this process.
enum Machine {
    struct Usage {
        var user: Double
        var system: Double
        var wall: Double

        /// Microseconds per item since an earlier reading, as JSON.
        func report(since start: Usage, per count: Int) {
            let scale = 1e6 / Double(count)
            print(
                "{\"user\": \((user - start.user) * scale), \"system\": \((system - start.system) * scale),",
                "\"wall\": \((wall - start.wall) * scale)}")
        }
    }

    struct Unreadable: Error { var path: String }

    static func usage() -> Usage {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Usage(
            user: seconds(usage.ru_utime), system: seconds(usage.ru_stime),
            wall: Double(time.tv_sec) + Double(time.tv_nsec) / 1e9)
    }

    static func privateKilobytes() -> Int {
        guard let text = try? read("/proc/self/smaps_rollup") else { return 0 }
        var total = 0
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n") where line.hasPrefix("Private_") {
            total += line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        }
        return total
    }

    static func read(_ path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw Unreadable(path: path) }
        defer { close(descriptor) }
        var all: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            guard count > 0 else { return all }
            all += piece[..<count]
        }
    }

    static func flush() {
        fflush(nil)
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1e6
    }
}
