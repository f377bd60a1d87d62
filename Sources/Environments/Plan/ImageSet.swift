/// The images of everything that is deployed for a task: the one place that names them.
///
/// The names are those of the public images, so that a cluster with a registry needs no setting; a cluster without
/// one imports images of the same names.
package struct ImageSet: Sendable, Hashable {
    /// Shell, kubectl, curl and jq; none of our binaries and no catalogue.
    package var sandbox: String
    /// The stock image the built-in application runs from.
    package var busybox: String
    /// Names of Secrets with registry credentials that exist in the namespaces of the task.
    package var pullSecrets: [String]
    package var pullPolicy: String

    package static let defaultSandbox = "aiops-sandbox:dev"
    package static let defaultBusybox = "busybox:1.36"

    package init(
        sandbox: String = Self.defaultSandbox, busybox: String = Self.defaultBusybox, pullSecrets: [String] = [],
        pullPolicy: String = "IfNotPresent"
    ) {
        self.sandbox = sandbox
        self.busybox = busybox
        self.pullSecrets = pullSecrets
        self.pullPolicy = pullPolicy
    }
}
