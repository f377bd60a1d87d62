/// What `/proc/self` says about this process; pure parsing, so that tests can feed it text.
package struct ProcessStatistics: Sendable, Hashable {
    package var cpuSeconds: Double
    package var residentBytes: Double
    package var virtualBytes: Double
    package var threads: Double
    /// Seconds since 1970.
    package var startTime: Double

    /// Takes the content of `/proc/self/stat` (see proc(5)), and of `/proc/stat` for the time of boot.
    package init?(stat: String, systemStat: String, ticksPerSecond: Double, pageSize: Double) {
        // The command name is in parentheses and may hold anything, so count fields from the last one.
        guard let end = stat.lastIndex(of: ")"), ticksPerSecond > 0 else { return nil }
        let fields = stat[stat.index(after: end)...].split(whereSeparator: \.isWhitespace)
        // Fields of proc(5) start at 1 and the state (3) is the first one here.
        func field(_ number: Int) -> Double? {
            let index = number - 3
            return fields.indices.contains(index) ? Double(fields[index]) : nil
        }
        guard let user = field(14), let system = field(15), let threads = field(20), let started = field(22),
            let virtual = field(23), let resident = field(24), let booted = Self.bootTime(systemStat)
        else { return nil }
        cpuSeconds = (user + system) / ticksPerSecond
        residentBytes = resident * pageSize
        virtualBytes = virtual
        self.threads = threads
        startTime = booted + started / ticksPerSecond
    }

    private static func bootTime(_ systemStat: String) -> Double? {
        for line in systemStat.split(separator: "\n") where line.hasPrefix("btime ") {
            return Double(line.dropFirst(6))
        }
        return nil
    }
}
