import JSON
import KubernetesModel

/// What the twin knows of an AIOpsTask: who it is and how far it has come.
struct TwinTask: PartialObject, Hashable {
    static let resourceType = ResourceType(
        group: "aiops.dev", version: "v1alpha1", kind: "AIOpsTask", plural: "aiopstasks")

    enum Phase: Sendable, Hashable {
        case none, running, other
    }

    var metadata = ObjectMeta()
    var phase = Phase.none

    init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": metadata = try reader.decode(ObjectMeta.self)
            case "status": phase = try Self.phase(from: &reader)
            default: try reader.skip()
            }
        }
    }

    private static func phase(from reader: inout JSONReader) throws(JSONError) -> Phase {
        var phase = Phase.none
        try reader.beginObject()
        while let key = try reader.nextKey() {
            guard key == "phase" else {
                try reader.skip()
                continue
            }
            switch try reader.decodeIfPresent(String.self) {
            case nil, "": phase = .none
            case "Running": phase = .running
            default: phase = .other
            }
        }
        return phase
    }

    func encode(to writer: inout JSONWriter) {
        writer.beginKubernetesObject(self)
        writer.endObject()
    }
}
