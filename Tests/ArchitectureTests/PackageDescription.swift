import FoundationEssentials

/// The targets of `Package.swift` and their dependencies, read from its text: asking the package
/// manager from inside a test would wait for its own lock.
enum PackageDescription {
    static func targets() throws -> [String: [String]] {
        let text = try String(contentsOf: URL(filePath: SourceTree.root + "/Package.swift"), encoding: .utf8)
        var found: [String: [String]] = [:]
        for declaration in declarations(in: text) {
            // What follows these labels is no dependency.
            var head = Substring(declaration)
            for label in ["resources:", "pkgConfig:", "exclude:", "settings:", "path:"] {
                head = head.firstRange(of: label).map { head[..<$0.lowerBound] } ?? head
            }
            let quoted = head.split(separator: "\"", omittingEmptySubsequences: false)
                .enumerated().filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
            guard let name = quoted.first else { continue }
            found[name] = Array(quoted.dropFirst())
        }
        return found
    }

    /// A declaration starts on a line indented by exactly eight blanks and runs to the next such line.
    private static func declarations(in text: String) -> [String] {
        let starts = ["library(", "support(", "program(", ".systemLibrary("]
        let indent = String(repeating: " ", count: 8)
        var found: [String] = []
        var isOpen = false
        for line in text.split(separator: "\n") {
            if line.hasPrefix(indent), !line.hasPrefix(indent + " "), !line.hasPrefix(indent + "]"),
                !line.hasPrefix(indent + ")")
            {
                isOpen = starts.contains { line.dropFirst(indent.count).hasPrefix($0) }
                if isOpen { found.append("") }
            }
            if isOpen, !found.isEmpty { found[found.count - 1] += line + "\n" }
        }
        return found
    }
}
