package import JSON

/// The part of a pod's description that we read or write; everything else of a foreign pod is skipped.
package struct PodSpec: Sendable, Hashable, JSONDecodable, JSONEncodable {
    package var containers: [Container] = []
    package var initContainers: [Container] = []
    package var nodeSelector: [String: String] = [:]
    /// Empty until the scheduler has chosen.
    package var nodeName = ""
    package var serviceAccountName = ""
    package var restartPolicy = ""

    package init(containers: [Container] = [], nodeSelector: [String: String] = [:]) {
        self.containers = containers
        self.nodeSelector = nodeSelector
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "containers": containers = try reader.decodeIfPresent([Container].self) ?? []
            case "initContainers": initContainers = try reader.decodeIfPresent([Container].self) ?? []
            case "nodeSelector": nodeSelector = try reader.decodeIfPresent([String: String].self) ?? [:]
            case "nodeName": nodeName = try reader.decodeIfPresent(String.self) ?? ""
            case "serviceAccountName": serviceAccountName = try reader.decodeIfPresent(String.self) ?? ""
            case "restartPolicy": restartPolicy = try reader.decodeIfPresent(String.self) ?? ""
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("containers", containers)
        writer.field("initContainers", initContainers.nonEmpty)
        writer.field("nodeSelector", nodeSelector.nonEmpty)
        writer.field("nodeName", nodeName.nonEmpty)
        writer.field("serviceAccountName", serviceAccountName.nonEmpty)
        writer.field("restartPolicy", restartPolicy.nonEmpty)
        writer.endObject()
    }
}

/// The pods that a workload makes: their labels and their description.
package struct PodTemplate: Sendable, Hashable, JSONDecodable, JSONEncodable {
    package var metadata: ObjectMeta
    package var spec: PodSpec

    package init(metadata: ObjectMeta = ObjectMeta(), spec: PodSpec = PodSpec()) {
        self.metadata = metadata
        self.spec = spec
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": metadata = try reader.decodeIfPresent(ObjectMeta.self) ?? ObjectMeta()
            case "spec": spec = try reader.decodeIfPresent(PodSpec.self) ?? PodSpec()
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("metadata", metadata)
        writer.field("spec", spec)
        writer.endObject()
    }
}
