import JSON
import KubernetesModel

/// What the API demands of the metadata of every object, in its own words.
struct MetadataRules {
    private let served: ServedType
    private let profile: ServerProfile

    init(_ served: ServedType, _ profile: ServerProfile) {
        self.served = served
        self.profile = profile
    }

    func violations(_ object: JSONValue) -> [StatusCause] {
        var causes: [StatusCause] = []
        let metadata = object["metadata"] ?? [:]
        func invalid(_ field: String, _ value: String, _ why: [String]) {
            causes += why.map {
                StatusCause(
                    reason: "FieldValueInvalid", message: "Invalid value: \(JSONValue.string(value).text): \($0)",
                    field: "metadata.\(field)")
            }
        }
        let name = metadata["name"]?.stringValue ?? ""
        let words = NameForm(isNew: profile == .v1_36)
        if name.isEmpty {
            causes.append(
                StatusCause(
                    reason: "FieldValueRequired", message: "Required value: name or generateName is required",
                    field: "metadata.name"))
        } else {
            invalid("name", name, served.type == .namespaces ? words.label(name) : words.subdomain(name))
        }
        for (key, value) in metadata["labels"]?.objectValue ?? [:] {
            invalid("labels", key, words.qualified(key))
            let text = value.stringValue ?? ""
            invalid("labels", text, words.labelValue(text))
        }
        for key in metadata["annotations"]?.objectValue?.keys ?? [] {
            invalid("annotations", key, words.qualified(key.lowercased()))
        }
        for owner in metadata["ownerReferences"]?.arrayValue ?? [] where owner["uid"]?.stringValue ?? "" == "" {
            invalid("ownerReferences.uid", "", [profile == .v1_36 ? "must not be empty" : "uid must not be empty"])
        }
        for (index, finalizer) in (metadata["finalizers"]?.arrayValue?.compactMap(\.stringValue) ?? []).enumerated() {
            invalid("finalizers", finalizer, words.qualified(finalizer))
            if !served.isCustom, !Self.isQualified(finalizer) {
                invalid(
                    "finalizers[\(index)]", finalizer,
                    ["name is neither a standard finalizer name nor is it fully qualified"])
            }
        }
        return causes
    }

    /// What newer servers say of an object that they take all the same.
    func warnings(_ object: JSONValue) -> [String] {
        guard profile == .v1_36, served.isCustom else { return [] }
        return (object["metadata"]?["finalizers"]?.arrayValue?.compactMap(\.stringValue) ?? [])
            .filter { !Self.isQualified($0) }.map {
                "metadata.finalizers: \"\($0)\": prefer a domain-qualified finalizer name to avoid accidental conflicts "
                    + "with other finalizer writers"
            }
    }

    private static func isQualified(_ finalizer: String) -> Bool {
        finalizer.contains("/") || [APIState.orphan, APIState.foreground, "kubernetes"].contains(finalizer)
    }
}

/// The forms that names have in the API; each function gives what is wrong.
struct NameForm {
    /// Newer servers use other words for some.
    let isNew: Bool
    private static let qualifiedPattern = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
    private static let labelPattern = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"

    func label(_ text: String) -> [String] {
        var wrong = tooLong(text, 63)
        if !isLabel(text[...]) {
            wrong.append(
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and "
                    + "end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
                    + "'\(Self.labelPattern)')")
        }
        return wrong
    }

    func subdomain(_ text: String) -> [String] {
        var wrong = tooLong(text, 253)
        if !text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isLabel) {
            wrong.append(
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must "
                    + "start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
                    + "'\(Self.labelPattern)(\\.\(Self.labelPattern))*')")
        }
        return wrong
    }

    func qualified(_ text: String) -> [String] {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let form =
            "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
            + "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '\(Self.qualifiedPattern)')"
        guard parts.count <= 2 else {
            return [
                "a \(isNew ? "valid label key" : "qualified name") \(form) with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            ]
        }
        var wrong: [String] = []
        if parts.count == 2 {
            wrong =
                parts[0].isEmpty ? ["prefix part must be non-empty"] : subdomain(parts[0]).map { "prefix part \($0)" }
        }
        let name = parts[parts.count - 1]
        if name.isEmpty { wrong.append("name part must be non-empty") }
        wrong += tooLong(name, 63, isNew ? "bytes" : "characters").map { "name part \($0)" }
        if !isName(name) { wrong.append("name part \(form)") }
        return wrong
    }

    func labelValue(_ text: String) -> [String] {
        var wrong = tooLong(text, 63, isNew ? "bytes" : "characters")
        if !text.isEmpty, !isName(text) {
            wrong.append(
                "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must "
                    + "start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex "
                    + "used for validation is '(\(Self.qualifiedPattern))?')")
        }
        return wrong
    }

    // By bytes and not by regular expressions, which would take a large part of a simulation.
    private func isLabel(_ text: Substring) -> Bool {
        func isOuter(_ byte: UInt8?) -> Bool { byte.map { (97...122).contains($0) || (48...57).contains($0) } ?? false }
        return isOuter(text.utf8.first) && isOuter(text.utf8.last)
            && text.utf8.allSatisfy { isOuter($0) || $0 == UInt8(ascii: "-") }
    }

    private func isName(_ text: String) -> Bool {
        func isOuter(_ byte: UInt8?) -> Bool {
            byte.map { (97...122).contains($0 | 32) || (48...57).contains($0) } ?? false
        }
        return isOuter(text.utf8.first) && isOuter(text.utf8.last)
            && text.utf8.allSatisfy { isOuter($0) || Array("-_.".utf8).contains($0) }
    }

    private func tooLong(_ text: String, _ most: Int, _ unit: String = "characters") -> [String] {
        text.utf8.count > most ? ["must be no more than \(most) \(unit)"] : []
    }
}
