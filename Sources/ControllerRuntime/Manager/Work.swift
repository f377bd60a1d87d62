package import Lifecycle

/// What only one process at a time may do: made anew for each term, so that nothing of an earlier one is left in it.
package struct Work: Sendable {
    package var controllers: [Controller]
    /// What controllers rely on, such as the host of running tasks; ends after them.
    package var services: [any Lifecycle.Service]

    package init(controllers: [Controller], services: [any Lifecycle.Service] = []) {
        self.controllers = controllers
        self.services = services
    }

    /// In the order of their start, which is the reverse of the order of their end.
    var orderedServices: [any Lifecycle.Service] {
        services + controllers as [any Lifecycle.Service] + [Drain(controllers, name: "drain controllers")]
    }
}
