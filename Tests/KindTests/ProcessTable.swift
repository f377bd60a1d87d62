/// The processes of this machine, by the words of their command lines.
enum ProcessTable {
    /// Those that run now with all of these words in their command line, in any order.
    static func running(_ words: [String]) -> [Int32] {
        TextFile.names(in: "/proc").compactMap { Int32($0) }.filter { pid in
            guard let line = try? TextFile.read("/proc/\(pid)/cmdline") else { return false }
            let said = Set(line.split(separator: "\0").map(String.init))
            return said.isSuperset(of: words)
        }
    }
}
