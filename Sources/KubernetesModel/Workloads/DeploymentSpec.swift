package import JSON

/// How many pods of which template.
package struct DeploymentSpec: Sendable, Hashable, JSONDecodable, JSONEncodable {
    /// One when nil.
    package var replicas: Int?
    package var paused: Bool?
    package var selector: LabelSelector
    package var template: PodTemplate

    package init(
        replicas: Int? = nil,
        paused: Bool? = nil,
        selector: LabelSelector = LabelSelector(),
        template: PodTemplate = PodTemplate()
    ) {
        self.replicas = replicas
        self.paused = paused
        self.selector = selector
        self.template = template
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "replicas": replicas = try reader.decodeIfPresent(Int.self)
            case "paused": paused = try reader.decodeIfPresent(Bool.self)
            case "selector": selector = try reader.decodeIfPresent(LabelSelector.self) ?? LabelSelector()
            case "template": template = try reader.decodeIfPresent(PodTemplate.self) ?? PodTemplate()
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("replicas", replicas)
        writer.field("paused", paused)
        writer.field("selector", selector)
        writer.field("template", template)
        writer.endObject()
    }
}
