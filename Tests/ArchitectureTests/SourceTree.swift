import FoundationEssentials

/// The checkout this test was compiled from.
enum SourceTree {
    static let root: String = {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast(3).joined(separator: "/")
    }()

    struct SourceFile: Sendable, CustomStringConvertible {
        var target: String
        var path: String
        var text: String
        var description: String { path }

        /// Module names of the import lines, whatever their access level.
        var imports: [String] {
            text.split(separator: "\n").compactMap { line in
                var words = line.split(separator: " ").map(String.init)
                while let first = words.first,
                    ["public", "package", "internal", "private", "@testable", "@preconcurrency"].contains(first)
                {
                    words.removeFirst()
                }
                guard words.first == "import", words.count >= 2 else { return nil }
                let kinds: Set = ["struct", "class", "enum", "func", "protocol", "typealias", "var", "let"]
                let name = kinds.contains(words[1]) && words.count > 2 ? words[2] : words[1]
                return name.split(separator: ".").first.map(String.init)
            }
        }
    }

    /// Every Swift file below `folder`, whose direct sub-folders are targets.
    static func files(in folder: String) throws -> [SourceFile] {
        let base = root + "/" + folder
        var found: [SourceFile] = []
        for case let relative in try FileManager.default.subpathsOfDirectory(atPath: base)
        where relative.hasSuffix(".swift") {
            guard let target = relative.split(separator: "/").first else { continue }
            let path = base + "/" + relative
            let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
            found.append(SourceFile(target: String(target), path: folder + "/" + relative, text: text))
        }
        return found
    }
}
