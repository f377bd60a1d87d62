package import ControllerRuntime

extension Finalizer {
    /// Keeps a task until everything made for it is gone.
    package static let environment = Finalizer("aiops.dev/environment")
}
