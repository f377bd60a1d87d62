package import JSON

/// A Deployment, as far as rollouts and faults need it.
package struct Deployment: PartialObject, Hashable {
    package static let resourceType = ResourceType(
        group: "apps", version: "v1", kind: "Deployment", plural: "deployments")

    package var metadata: ObjectMeta
    package var spec: DeploymentSpec
    package var status: DeploymentStatus

    package init(
        metadata: ObjectMeta, spec: DeploymentSpec = DeploymentSpec(), status: DeploymentStatus = DeploymentStatus()
    ) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(metadata: ObjectMeta())
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": metadata = try reader.decode(ObjectMeta.self)
            case "spec": spec = try reader.decodeIfPresent(DeploymentSpec.self) ?? DeploymentSpec()
            case "status": status = try reader.decodeIfPresent(DeploymentStatus.self) ?? DeploymentStatus()
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginKubernetesObject(self)
        writer.field("spec", spec)
        writer.field("status", status)
        writer.endObject()
    }
}
