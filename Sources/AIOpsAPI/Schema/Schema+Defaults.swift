package import JSON

extension Schema {
    /// `value` as a server stores it: with the default of every field that has one and is absent.
    ///
    /// A server fills in defaults when it reads as well, so an object that was stored before a default existed comes back
    /// with it.
    package func defaulted(_ value: JSONValue) -> JSONValue {
        switch (shape, value) {
        case (.object(let properties), .object(var object)):
            for property in properties {
                let present = object[property.name].flatMap { $0 == .null ? nil : $0 }
                if let wanted = present ?? property.schema.defaultValue {
                    object[property.name] = property.schema.defaulted(wanted)
                }
            }
            return .object(object)
        case (.list(let element, _, _), .array(let items)):
            return .array(items.map(element.defaulted))
        case (.map(let element, _), .object(let entries)):
            return .object(
                entries.reduce(into: JSONObject()) { $0[$1.key] = element.defaulted($1.value) })
        default:
            return value
        }
    }
}
