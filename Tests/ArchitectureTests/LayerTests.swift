import FoundationEssentials
import Testing

/// The compiler accepts an undeclared import of a sibling target, so this test holds the line.
@Suite struct LayerTests {
    @Test(arguments: ["Sources", "Tests/Support"])
    func everyImportIsInTheTable(folder: String) throws {
        let files = try SourceTree.files(in: folder)
        #expect(!files.isEmpty)
        for file in files {
            guard LayerTable.mayImport[file.target] != nil else {
                Issue.record("\(file.path): target \(file.target) is missing from the layer table")
                continue
            }
            let allowed = LayerTable.reachable(from: file.target)
            for module in file.imports {
                if let system = LayerTable.system[module] {
                    if let only = system, !only.contains(file.target) {
                        Issue.record("\(file.path): \(file.target) may not import \(module)")
                    }
                } else if !allowed.contains(module) {
                    Issue.record("\(file.path): \(file.target) may not import \(module)")
                }
            }
        }
    }

    /// `Package.swift` must not allow what the table forbids.
    @Test func packageDescriptionAgreesWithTheTable() throws {
        let declared = try PackageDescription.targets()
        #expect(declared.count > 20)
        for (target, dependencies) in declared {
            guard LayerTable.mayImport[target] != nil else {
                Issue.record("Package.swift: target \(target) is missing from the layer table")
                continue
            }
            let surplus = Set(dependencies).subtracting(LayerTable.reachable(from: target))
            #expect(surplus.isEmpty, "Package.swift: \(target) may not depend on \(surplus.sorted())")
        }
        let missing = Set(LayerTable.mayImport.keys).subtracting(declared.keys)
        #expect(missing.isEmpty, "the layer table names targets that do not exist: \(missing.sorted())")
    }

    /// Arrows point down only: no target reaches itself.
    @Test(arguments: LayerTable.mayImport.keys.sorted())
    func noCycles(target: String) {
        #expect(!LayerTable.reachable(from: target).contains(target))
    }

    /// Only programs wire the concrete transport and server; everything else takes them as values.
    @Test func onlyProgramsImportTheWires() throws {
        for file in try SourceTree.files(in: "Sources")
        where !["aiops-operator", "CurlTransport", "HTTPServer"].contains(file.target) {
            #expect(!file.imports.contains("CurlTransport"), "\(file.path)")
            #expect(!file.imports.contains("HTTPServer"), "\(file.path)")
        }
    }

    /// Structured concurrency only: a task that nothing owns outlives its owner and swallows its error.
    @Test(arguments: ["Task {", "Task.detached", "Task(priority"])
    func noUnstructuredTasks(spelling: String) throws {
        for file in try SourceTree.files(in: "Sources") {
            for (number, line) in file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                let code =
                    line.prefix { _ in true }.split(separator: "//", omittingEmptySubsequences: false).first ?? ""
                guard let range = code.firstRange(of: spelling) else { continue }
                let before = code[..<range.lowerBound].last
                let isPartOfAName = before.map { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." } ?? false
                #expect(isPartOfAName, "\(file.path):\(number + 1): \(line)")
            }
        }
    }
}
