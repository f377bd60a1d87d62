import FoundationEssentials
import Testing

/// The simulated model must not know what it will be asked.
struct NoCatalogueKnowledgeTests {
    private static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")

    @Test func theSimulatedModelHoldsNoLiteralOfAProblem() throws {
        let catalogue = try texts(in: "Sources/Problems/Catalogue", ending: ".yaml").joined(separator: "\n")
        let literals = Set(
            ["id: ", "service: ", "port: ", "wrongPort: ", "name: "].flatMap { values(after: $0, in: catalogue) })
        #expect(literals.count >= 4, "the catalogue is written in another form: \(literals)")
        let sources = try texts(in: "Sources/LanguageModels/Simulated", ending: ".swift")
        #expect(sources.count >= 5)
        for source in sources {
            let words = Set(
                code(source).split { !$0.isLetter && !$0.isNumber && $0 != "-" && $0 != "_" }.map(String.init))
            #expect(words.isDisjoint(with: literals))
        }
    }

    /// Without comments.
    private func code(_ source: String) -> String {
        source.split(separator: "\n").map { line in
            line.firstRange(of: "//").map { String(line[..<$0.lowerBound]) } ?? String(line)
        }.joined(separator: "\n")
    }

    private func values(after key: String, in text: String) -> [String] {
        var values: [String] = []
        var rest = text[...]
        while let found = rest.firstRange(of: key) {
            rest = rest[found.upperBound...]
            let value = rest.prefix { !", }\n".contains($0) }.trimmingPrefix("\"")
            if !value.contains("$"), !value.isEmpty { values.append(String(value)) }
        }
        return values
    }

    private func texts(in folder: String, ending: String) throws -> [String] {
        let base = Self.root + "/" + folder
        return try FileManager.default.contentsOfDirectory(atPath: base).filter { $0.hasSuffix(ending) }.map { name in
            let bytes = try #require(FileManager.default.contents(atPath: base + "/" + name))
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
