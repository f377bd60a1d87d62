internal import Glibc

/// The `process_*` metrics every Prometheus client exposes, read from `/proc` at each exposition.
package enum ProcessMetrics {
    package static func install(in registry: MetricsRegistry) {
        let cpu = registry.counter("process_cpu_seconds_total", "User and system CPU time spent, in seconds.")
        let resident = registry.gauge("process_resident_memory_bytes", "Resident memory.")
        let virtual = registry.gauge("process_virtual_memory_bytes", "Virtual memory.")
        let threads = registry.gauge("process_threads", "Threads of the operating system.")
        let open = registry.gauge("process_open_fds", "Open file descriptors.")
        let limit = registry.gauge("process_max_fds", "Most file descriptors this process may open.")
        let start = registry.gauge("process_start_time_seconds", "Start of the process, in seconds since 1970.")
        registry.onExposition {
            if let count = openDescriptors() { open.set(Double(count)) }
            var bounds = rlimit()
            if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &bounds) == 0 {
                limit.set(Double(bounds.rlim_cur))
            }
            guard let stat = read("/proc/self/stat"), let systemStat = read("/proc/stat"),
                let statistics = ProcessStatistics(
                    stat: stat, systemStat: systemStat, ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))),
                    pageSize: Double(sysconf(Int32(_SC_PAGESIZE))))
            else { return }
            cpu.set(total: statistics.cpuSeconds)
            resident.set(statistics.residentBytes)
            virtual.set(statistics.virtualBytes)
            threads.set(statistics.threads)
            start.set(statistics.startTime)
        }
    }

    private static func read(_ path: String) -> String? {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            guard count > 0 else { return String(decoding: content, as: UTF8.self) }
            content += piece[..<count]
        }
    }

    private static func openDescriptors() -> Int? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // Not counted: ".", ".." and the descriptor of this very listing.
        return max(0, count - 3)
    }
}
