import JSON

/// One value of a definition with the place it stands at, so that a mistake is named where the author finds it.
struct DefinitionField {
    let value: JSONValue?
    let path: String
    /// `file:line` of the definition.
    let place: String

    func wrong(_ message: String) -> ProblemError {
        .invalidDefinition(place: place, path: path, message: message)
    }

    subscript(key: String) -> DefinitionField {
        DefinitionField(value: value?[key], path: path.isEmpty ? key : "\(path).\(key)", place: place)
    }

    var isPresent: Bool { value != nil && value?.isNull != true }

    func text() throws(ProblemError) -> String {
        guard let text = value?.stringValue, !text.isEmpty else { throw wrong(expected("a text")) }
        return text
    }

    func number(in range: ClosedRange<Int>) throws(ProblemError) -> Int {
        guard let wide = value?.integerValue, let number = Int(exactly: wide), range.contains(number) else {
            throw wrong(expected("a number from \(range.lowerBound) to \(range.upperBound)"))
        }
        return number
    }

    func number(in range: ClosedRange<Int>, otherwise: Int) throws(ProblemError) -> Int {
        isPresent ? try number(in: range) : otherwise
    }

    func items() throws(ProblemError) -> [DefinitionField] {
        guard isPresent else { return [] }
        guard let items = value?.arrayValue else { throw wrong(expected("a list")) }
        return items.enumerated().map { index, item in
            DefinitionField(value: item, path: "\(path)[\(index)]", place: place)
        }
    }

    func object() throws(ProblemError) -> JSONObject {
        guard isPresent else { return [:] }
        guard let object = value?.objectValue else { throw wrong(expected("a map")) }
        return object
    }

    func oneOf(_ allowed: [String]) throws(ProblemError) -> String {
        let text = try text()
        guard allowed.contains(text) else {
            throw wrong("\"\(text)\" is none of \(allowed.joined(separator: ", "))")
        }
        return text
    }

    /// A misspelt key would otherwise be a setting that silently does nothing.
    func allow(_ keys: [String]) throws(ProblemError) {
        for key in try object().keys where !keys.contains(key) {
            throw self[key].wrong("unknown key; known are \(keys.joined(separator: ", "))")
        }
    }

    private func expected(_ what: String) -> String {
        guard let value, isPresent else { return "is missing; expected \(what)" }
        return "is \(Answers.quoted(value.text)); expected \(what)"
    }
}
