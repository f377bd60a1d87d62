package import JSON
package import KubernetesModel

/// A kind as the in-memory server serves it.
package struct ServedType: Sendable {
    package var type: ResourceType
    /// True when status is written only by its subresource, and spec changes count in `generation`.
    package var hasStatus: Bool
    /// The structural schema, where the server is to hold objects to it.
    package var schema: ServedSchema?
    /// What a resource list says besides.
    package var singular = ""
    package var shortNames: [String] = []
    package var categories: [String] = []
    /// Fields that lists may be selected by; nil where that is not looked at.
    package var selectableFields: [String]?
    /// What is filled in on creation where no schema says it.
    package var defaultStatus: JSONValue?
    /// Whether changes of what is wanted are counted in `generation`.
    var countsGenerations: Bool { hasStatus && type != .namespaces }
    /// Nil where there is no scale subresource.
    package var scale: ScalePaths?
    /// What admission finds wrong with an object about to be stored; the old object is nil on creation.
    package var validate: @Sendable (_ new: JSONValue, _ old: JSONValue?) -> [StatusCause]

    package init(
        _ type: ResourceType, hasStatus: Bool = true, defaultStatus: JSONValue? = nil,
        validate: @escaping @Sendable (_ new: JSONValue, _ old: JSONValue?) -> [StatusCause] = { _, _ in [] }
    ) {
        self.type = type
        self.hasStatus = hasStatus
        self.defaultStatus = defaultStatus
        self.validate = validate
    }

    private static let withoutStatus: Set<ResourceType> = [
        .configMaps, .secrets, .endpoints, .serviceAccounts, .leases, .events, .coreEvents, .limitRanges, .roles,
        .roleBindings, .clusterRoles, .clusterRoleBindings, .endpointSlices, .networkPolicies,
    ]

    /// One that a definition brings; the server treats those a little unlike its own.
    var isCustom: Bool { type.group.contains(".") && !type.group.hasSuffix(".k8s.io") }

    /// As an item of a list: those of built-in kinds do not say again of which kind they are.
    func asItem(_ object: JSONValue) -> JSONValue {
        guard !isCustom else { return object }
        var item = object
        item["apiVersion"] = nil
        item["kind"] = nil
        return item
    }

    static func builtIn(_ type: ResourceType) -> ServedType {
        switch type {
        case .namespaces: ServedType(type, defaultStatus: ["phase": "Active"])
        case .configMaps: selectable(ServedType(type, hasStatus: false, validate: BuiltInRules.ofMap))
        case .secrets: ServedType(type, hasStatus: false, validate: BuiltInRules.ofMap)
        case .deployments, .replicaSets: scaled(ServedType(type, validate: BuiltInRules.ofSelector))
        case .statefulSets: scaled(ServedType(type))
        default: ServedType(type, hasStatus: !withoutStatus.contains(type))
        }
    }

    /// By name and namespace, and by nothing else.
    private static func selectable(_ served: ServedType) -> ServedType {
        var served = served
        served.selectableFields = []
        return served
    }

    private static func scaled(_ served: ServedType) -> ServedType {
        var served = served
        served.scale = .workload
        return served
    }
}
