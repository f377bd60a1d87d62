import Glibc

/// What the kernel says this process takes, in KiB.
package struct ProcessMemory: Sendable, Hashable {
    /// Pages that nobody else has.
    package var privateDirty: Int
    package var resident: Int
    /// The most that was ever resident.
    package var peak: Int

    package static var now: ProcessMemory {
        ProcessMemory(
            privateDirty: field("Private_Dirty", of: "/proc/self/smaps_rollup"),
            resident: field("VmRSS", of: "/proc/self/status"), peak: field("VmHWM", of: "/proc/self/status"))
    }

    private static func field(_ name: String, of path: String) -> Int {
        guard let file = fopen(path, "r") else { return 0 }
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
