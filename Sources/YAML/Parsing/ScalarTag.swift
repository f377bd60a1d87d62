import JSON

/// The value of a scalar with its tag.
enum ScalarTag {
    static let prefix = "tag:yaml.org,2002:"

    /// Nil when the tag is unknown or the text does not fit it.
    static func resolve(_ scalar: YAMLEvent.Scalar, _ tag: String?) throws(CoreSchema.Failure) -> JSONValue? {
        guard let tag else {
            return scalar.isPlain ? try CoreSchema.resolve(scalar.text) : .string(scalar.text)
        }
        guard tag != "!", tag != prefix + "str" else { return .string(scalar.text) }
        let value = try CoreSchema.resolve(scalar.text)
        let fits =
            switch (tag, value) {
            case (prefix + "null", .null), (prefix + "bool", .bool): true
            case (prefix + "int", .integer), (prefix + "float", .number), (prefix + "float", .integer): true
            case (prefix + "int", .number(let text)): text.utf8.allSatisfy { $0 != 0x2E && $0 | 0x20 != 0x65 }
            default: false
            }
        return fits ? value : .none
    }
}
