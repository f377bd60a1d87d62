import JSON
import KubernetesModel

extension APIState {
    /// Serves the kind that a CRD brings.
    mutating func serve(definedBy definition: JSONValue) {
        let spec = definition["spec"] ?? [:]
        let names = spec["names"] ?? [:]
        guard let version = spec["versions"]?[0], let plural = names["plural"]?.stringValue,
            let kind = names["kind"]?.stringValue
        else { return }
        let type = ResourceType(
            group: spec["group"]?.stringValue ?? "", version: version["name"]?.stringValue ?? "", kind: kind,
            plural: plural, isNamespaced: spec["scope"] != "Cluster")
        var served = ServedType(type, hasStatus: version["subresources"]?["status"] != nil)
        served.schema = version["schema"]?["openAPIV3Schema"].map(ServedSchema.init(openAPI:))
        served.scale = ScalePaths(definition: version["subresources"]?["scale"])
        served.singular = names["singular"]?.stringValue ?? kind.lowercased()
        served.shortNames = names["shortNames"]?.arrayValue?.compactMap(\.stringValue) ?? []
        served.categories = names["categories"]?.arrayValue?.compactMap(\.stringValue) ?? []
        let fields = version["selectableFields"]?.arrayValue?.compactMap {
            $0["jsonPath"]?.stringValue.map { String($0.dropFirst()) }
        }
        served.selectableFields = profile.knowsRules ? fields ?? [] : []
        types.removeAll { $0.type == type }
        types.append(served)
    }
}
