import HTTP
import JSON
import KubernetesModel

extension InMemoryAPIServer.Core {
    mutating func list(_ call: APICall) throws -> HTTPResponse {
        let limit = call.query["limit"].flatMap { Int($0) } ?? 0
        let saved: InMemoryAPIServer.SavedList
        if let token = call.query["continue"], !token.isEmpty {
            saved = try resume(token)
        } else if call.query["resourceVersionMatch"] == "Exact", let wanted = call.query["resourceVersion"] {
            saved = try exact(call, wanted)
        } else {
            try state.checkReadable(call.query["resourceVersion"])
            saved = InMemoryAPIServer.SavedList(
                items: state.list(call.type, try filter(call)), version: state.version)
        }
        let form = ObjectForm(accept: call.accept)
        let isCut = limit > 0 && saved.items.count > limit
        var metadata: JSONValue = ["resourceVersion": .string(String(saved.version))]
        if isCut {
            let rest = InMemoryAPIServer.SavedList(
                items: Array(saved.items.dropFirst(limit)), version: saved.version)
            let token = "page-\(saved.version)-\(state.nextUID())"
            lists[token] = rest
            metadata["continue"] = .string(token)
            // Behind a selector nobody has counted.
            let isWhole = (call.query["labelSelector"] ?? "").isEmpty && (call.query["fieldSelector"] ?? "").isEmpty
            if isWhole, form == .whole || state.profile == .v1_36 {
                metadata["remainingItemCount"] = .integer(Int64(rest.items.count))
            }
        } else if state.served(call.type).schema != nil, form == .whole {
            // Lists of custom resources always have the field.
            metadata["continue"] = ""
        }
        let served = state.served(call.type)
        let items = (isCut ? Array(saved.items.prefix(limit)) : saved.items).map {
            form == .whole ? served.asItem($0) : form.shown($0)
        }
        return InMemoryAPIServer.answer([
            "apiVersion": form == .whole ? .string(call.type.apiVersion) : "meta.k8s.io/v1",
            "kind": form == .whole ? .string(call.type.kind + "List") : "PartialObjectMetadataList",
            "metadata": metadata, "items": .array(items),
        ])
    }

    private mutating func resume(_ token: String) throws -> InMemoryAPIServer.SavedList {
        guard let known = lists.removeValue(forKey: token) else {
            let first = Self.firstCharacter(ofBase64: token).map { "'\($0)'" } ?? "''"
            throw APIFailure.badRequest(
                "invalid continue token: continue key is not valid: invalid character \(first) looking for beginning of "
                    + "value")
        }
        guard known.version >= state.compactedTo else {
            throw APIFailure.expired("The provided continue parameter is too old to display a consistent list result.")
        }
        return known
    }

    /// The list as it was at one version, as long as history reaches back so far.
    private func exact(_ call: APICall, _ wanted: String) throws -> InMemoryAPIServer.SavedList {
        try state.checkReadable(wanted)
        guard let version = Int64(wanted), let past = state.objects(call.type, at: version) else {
            throw APIFailure.expired("The resourceVersion for the provided list is too old.")
        }
        let filter = try filter(call)
        return InMemoryAPIServer.SavedList(
            items: past.sorted { $0.key < $1.key }.map(\.value).filter(filter.matches), version: version)
    }

    /// What the server's JSON parser stumbles over in a token that is none of ours.
    private static func firstCharacter(ofBase64 text: String) -> Character? {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let codes = text.prefix(2).compactMap { alphabet.firstIndex(of: $0) }
        guard codes.count == 2 else { return nil }
        return Character(UnicodeScalar(UInt8(codes[0] << 2 | codes[1] >> 4)))
    }

    func filter(_ call: APICall) throws -> ObjectFilter { try Self.filter(call, state) }

    static func filter(_ call: APICall, _ state: APIState) throws -> ObjectFilter {
        if let known = state.served(call.type).selectableFields, let selector = call.query["fieldSelector"] {
            for part in selector.split(separator: ",") {
                guard part.contains("=") else {
                    throw APIFailure.badRequest("invalid selector: '\(part)'; can't understand '\(part)'")
                }
                let field = String(part.prefix { $0 != "=" && $0 != "!" })
                guard !field.isEmpty, !field.hasPrefix("metadata."), !known.contains(field) else { continue }
                throw APIFailure.badRequest(
                    state.served(call.type).isCustom
                        ? "field label not supported: \(field)"
                        : "\"\(field)\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"")
            }
        }
        return try ObjectFilter(
            namespace: call.namespace, labelSelector: call.query["labelSelector"],
            fieldSelector: call.query["fieldSelector"])
    }
}
