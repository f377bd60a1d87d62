package import JSON

/// What a Job runs, and how often it may fail.
package struct JobSpec: Sendable, Hashable, JSONDecodable, JSONEncodable {
    package var parallelism: Int?
    package var completions: Int?
    package var backoffLimit: Int?
    package var activeDeadlineSeconds: Int64?
    package var suspend: Bool?
    package var template: PodTemplate

    package init(
        parallelism: Int? = nil,
        completions: Int? = nil,
        backoffLimit: Int? = nil,
        activeDeadlineSeconds: Int64? = nil,
        suspend: Bool? = nil,
        template: PodTemplate = PodTemplate()
    ) {
        self.parallelism = parallelism
        self.completions = completions
        self.backoffLimit = backoffLimit
        self.activeDeadlineSeconds = activeDeadlineSeconds
        self.suspend = suspend
        self.template = template
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "parallelism": parallelism = try reader.decodeIfPresent(Int.self)
            case "completions": completions = try reader.decodeIfPresent(Int.self)
            case "backoffLimit": backoffLimit = try reader.decodeIfPresent(Int.self)
            case "activeDeadlineSeconds": activeDeadlineSeconds = try reader.decodeIfPresent(Int64.self)
            case "suspend": suspend = try reader.decodeIfPresent(Bool.self)
            case "template": template = try reader.decodeIfPresent(PodTemplate.self) ?? PodTemplate()
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("parallelism", parallelism)
        writer.field("completions", completions)
        writer.field("backoffLimit", backoffLimit)
        writer.field("activeDeadlineSeconds", activeDeadlineSeconds)
        writer.field("suspend", suspend)
        writer.field("template", template)
        writer.endObject()
    }
}
