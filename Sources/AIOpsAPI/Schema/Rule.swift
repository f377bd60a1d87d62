/// A rule across fields, as current servers check it (CEL) and as the operator says it.
///
/// The operator checks every rule again in Swift (`violations`), since older servers ignore CEL; a test holds that
/// each rule has a bad example which both refuse with the same message.
package struct Rule: Sendable, Hashable {
    /// Over `self`, and `oldSelf` where it is about a change.
    package var cel: String
    /// Says what to do.
    package var message: String
    /// The field that is wrong, below the object that carries the rule; nil: the object itself.
    package var field: String?
}

extension Rule {
    /// Carried by every map: a structural schema bounds its entries and cannot bound its keys.
    static let mapKeys = Rule(
        cel: "self.all(key, size(key) <= \(Schema.mapKeyLimit))",
        message: "keys must have at most \(Schema.mapKeyLimit) characters", field: nil)
}
