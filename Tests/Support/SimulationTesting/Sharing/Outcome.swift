import JSON
import Primitives

/// What came of one schedule, as one process tells another.
struct Outcome: JSONEncodable, JSONDecodable {
    var plan = ""
    var lifecycle = ""
    /// The place among those of the plan and the lifecycle.
    var place: [Int] = []
    var name = ""
    var violations: [Violation] = []
    /// The trace as one number, in hexadecimal digits.
    var trace = ""
    /// How many schedules went this way.
    var schedules = 1
    /// Whether the whole of the run was that of another schedule, so that nothing was run for it.
    var isKnown = false
    /// What else there is to say.
    var note = ""

    init(_ plan: String, _ lifecycle: String, _ name: String, place: [Int]) {
        (self.plan, self.lifecycle, self.name, self.place) = (plan, lifecycle, name, place)
    }

    func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("plan", plan)
        writer.field("lifecycle", lifecycle)
        writer.field("place", place)
        writer.field("name", name)
        writer.field("oracles", violations.map(\.oracle.rawValue))
        writer.field("violations", violations.map(\.what))
        writer.field("trace", trace)
        writer.field("schedules", schedules)
        writer.field("isKnown", isKnown)
        writer.field("note", note)
        writer.endObject()
    }

    init(from reader: inout JSONReader) throws(JSONError) {
        var (oracles, texts): ([String], [String]) = ([], [])
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "plan": plan = try reader.decode(String.self)
            case "lifecycle": lifecycle = try reader.decode(String.self)
            case "place": place = try reader.decode([Int].self)
            case "name": name = try reader.decode(String.self)
            case "oracles": oracles = try reader.decode([String].self)
            case "violations": texts = try reader.decode([String].self)
            case "trace": trace = try reader.decode(String.self)
            case "schedules": schedules = try reader.decode(Int.self)
            case "isKnown": isKnown = try reader.decode(Bool.self)
            case "note": note = try reader.decode(String.self)
            default: try reader.skip()
            }
        }
        violations = zip(oracles, texts).map { Violation(Violation.Oracle(rawValue: $0) ?? .processFault, $1) }
    }
}
