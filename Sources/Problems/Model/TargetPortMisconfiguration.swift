/// A Service sends its callers to a port that nothing listens on: the pods stay ready, every call is refused.
package struct TargetPortMisconfiguration: Sendable, Hashable {
    package var service: String
    /// The port the containers listen on.
    package var from: Int
    package var to: Int

    package init(service: String, from: Int, to: Int) {
        self.service = service
        self.from = from
        self.to = to
    }
}
