package import JSON

/// YAML 1.2 text to JSON values and back, for manifests, kubeconfig files and the catalogue.
///
/// Plain scalars follow the core schema; quoted ones stay strings. What JSON cannot say is an error: keys that are not
/// scalars, infinities, tags of other schemas. Merge keys (`<<`) are refused, and so is an integer like `0755`, which
/// YAML 1.1 (kubectl) reads as octal and YAML 1.2 as decimal.
package enum YAML {
    /// Parses text of at most one document; no document gives null.
    package static func parse(_ bytes: [UInt8], limits: YAMLLimits = .standard) throws(YAMLError) -> JSONValue {
        var composer = try Composer(bytes, limits: limits)
        return try single(&composer)
    }

    /// As ``parse(_:limits:)``, with the lines of what is in it, for messages to whoever wrote the text.
    package static func parseWithLines(
        _ bytes: [UInt8], limits: YAMLLimits = .standard
    ) throws(YAMLError) -> (value: JSONValue, lines: YAMLLines) {
        var composer = try Composer(bytes, limits: limits, keepsLines: true)
        let value = try single(&composer)
        return (value, composer.lines ?? YAMLLines())
    }

    private static func single(_ composer: inout Composer) throws(YAMLError) -> JSONValue {
        guard let first = try composer.nextDocument() else { return .null }
        guard try composer.nextDocument() == nil else {
            throw YAMLError(composer.documentMark, "more than one document")
        }
        return first
    }

    /// Parses every document in turn; one that is empty gives null.
    package static func parseAll(_ bytes: [UInt8], limits: YAMLLimits = .standard) throws(YAMLError) -> [JSONValue] {
        var composer = try Composer(bytes, limits: limits)
        var documents: [JSONValue] = []
        while let document = try composer.nextDocument() { documents.append(document) }
        return documents
    }

    /// Block-style text that parses back to the same value, and that YAML 1.1 readers understand alike.
    package static func emit(_ value: JSONValue) -> String {
        var emitter = Emitter()
        emitter.document(value)
        return emitter.text
    }

    /// Documents with `---` before each.
    package static func emitAll(_ values: [JSONValue]) -> String {
        values.map { "---\n" + emit($0) }.joined()
    }
}
