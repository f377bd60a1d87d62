package import JSON

/// How far the rollout is.
package struct DeploymentStatus: Sendable, Hashable, JSONDecodable, JSONEncodable {
    /// The generation these numbers speak about; older than the object's while the controller lags.
    package var observedGeneration: Int64
    package var replicas: Int
    package var updatedReplicas: Int
    package var readyReplicas: Int
    package var availableReplicas: Int
    package var unavailableReplicas: Int
    package var conditions: [Condition]

    package init(
        observedGeneration: Int64 = 0,
        replicas: Int = 0,
        updatedReplicas: Int = 0,
        readyReplicas: Int = 0,
        availableReplicas: Int = 0,
        unavailableReplicas: Int = 0,
        conditions: [Condition] = []
    ) {
        self.observedGeneration = observedGeneration
        self.replicas = replicas
        self.updatedReplicas = updatedReplicas
        self.readyReplicas = readyReplicas
        self.availableReplicas = availableReplicas
        self.unavailableReplicas = unavailableReplicas
        self.conditions = conditions
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "observedGeneration": observedGeneration = try reader.decodeIfPresent(Int64.self) ?? 0
            case "replicas": replicas = try reader.decodeIfPresent(Int.self) ?? 0
            case "updatedReplicas": updatedReplicas = try reader.decodeIfPresent(Int.self) ?? 0
            case "readyReplicas": readyReplicas = try reader.decodeIfPresent(Int.self) ?? 0
            case "availableReplicas": availableReplicas = try reader.decodeIfPresent(Int.self) ?? 0
            case "unavailableReplicas": unavailableReplicas = try reader.decodeIfPresent(Int.self) ?? 0
            case "conditions": conditions = try reader.decodeIfPresent([Condition].self) ?? []
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("observedGeneration", observedGeneration)
        writer.field("replicas", replicas)
        writer.field("updatedReplicas", updatedReplicas)
        writer.field("readyReplicas", readyReplicas)
        writer.field("availableReplicas", availableReplicas)
        writer.field("unavailableReplicas", unavailableReplicas)
        writer.field("conditions", conditions.nonEmpty)
        writer.endObject()
    }
}
