import Glibc

/// What the kernel says this process takes.
enum ProcessMemory {
    /// The most that was ever resident, in KiB.
    static var peak: Int {
        guard let file = fopen("/proc/self/status", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 512)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard text.hasPrefix("VmHWM:") else { continue }
            return Int(text.split(separator: " ").dropFirst().first ?? "") ?? 0
        }
        return 0
    }
}
