import JSON
import KubernetesModel

/// What becomes of the fields in a write that the schema of its kind does not know: the write is refused, or warned of, or
/// they are dropped without a word, as `fieldValidation` asks.
struct UnknownFields {
    private let type: ResourceType
    /// Nil where nobody looks.
    private let schema: ServedSchema?
    private let refuses: Bool
    private(set) var warnings: [String] = []

    init(_ call: APICall, _ state: APIState) {
        type = call.type
        let mode = call.query["fieldValidation"] ?? "Warn"
        refuses = mode == "Strict"
        // A scale is of another kind.
        let isLookedAt = state.profile.validatesFields && mode != "Ignore" && call.subresource != "scale"
        schema = isLookedAt ? state.served(call.type).schema : nil
    }

    /// At an object as it was sent.
    mutating func look(at body: JSONValue) throws {
        guard let why = found(in: body) else { return }
        throw APIFailure.badRequest(
            "\(type.kind) in version \"\(type.version)\" cannot be handled as a \(type.kind): \(why)")
    }

    /// At what a patch makes of an object.
    mutating func look(atPatched object: JSONValue) throws {
        guard let why = found(in: object) else { return }
        throw APIFailure.strictPatch(object, why)
    }

    /// Notes what is to be warned of; gives the reason when it is to be refused.
    private mutating func found(in object: JSONValue) -> String? {
        let unknown = schema?.unknownFields(object).map { "unknown field \"\($0)\"" } ?? []
        guard refuses else {
            warnings += unknown
            return nil
        }
        return unknown.isEmpty ? nil : "strict decoding error: " + unknown.joined(separator: ", ")
    }
}
