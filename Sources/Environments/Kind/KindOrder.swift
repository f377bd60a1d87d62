/// A cluster that is to be made.
package struct KindOrder: Sendable, Hashable {
    package var name: KindClusterName
    /// Nil for the one that this kind brings along.
    package var nodeImage: String?
    /// Nodes beside the control plane.
    package var workers: Int
    /// The pool's configuration as YAML text.
    package var config: String?

    package init(name: KindClusterName, nodeImage: String? = nil, workers: Int = 0, config: String? = nil) {
        self.name = name
        self.nodeImage = nodeImage
        self.workers = workers
        self.config = config
    }
}
