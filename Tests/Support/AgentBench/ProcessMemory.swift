import Glibc

/// What the kernel says this process takes, in KiB.
struct ProcessMemory {
    var resident: Int
    /// The most that was ever resident.
    var peak: Int

    static var now: ProcessMemory { ProcessMemory(resident: field("VmRSS"), peak: field("VmHWM")) }

    private static func field(_ name: String) -> Int {
        guard let file = fopen("/proc/self/status", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 512)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard text.hasPrefix(name + ":") else { continue }
            return Int(text.split(separator: " ").dropFirst().first ?? "") ?? 0
        }
        return 0
    }
}
