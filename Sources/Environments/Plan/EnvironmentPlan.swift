package import KubernetesModel

/// All objects of one attempt's environment, in the order they are made.
///
/// A pure function of the request, so that whoever continues after a crash plans the same objects and finds them.
package struct EnvironmentPlan: Sendable, Hashable {
    package let request: EnvironmentRequest
    package let names: EnvironmentNames
    /// Namespaces first; what protects a namespace comes before what runs in it.
    package let objects: [PlannedObject]

    package init(_ request: EnvironmentRequest) {
        let names = EnvironmentNames(taskUID: request.taskUID, attempt: request.attempt)
        let sandbox = SandboxSpace(names: names, request: request)
        let application = ApplicationSpace(names: names, labels: sandbox.labels, request: request)
        self.request = request
        self.names = names
        objects =
            [application.namespace, sandbox.namespace] + application.guards + sandbox.guards + application.accounts
            + sandbox.accounts + application.access + [sandbox.pod()]
    }

    /// What is written in the task's status before the first object is made.
    ///
    /// The namespaces are all of it: everything else lives in them and goes with them.
    package var inventory: [InventoryItem] {
        objects.filter { !$0.type.isNamespaced }.map(InventoryItem.init)
    }

    /// The sandbox that takes the place of another, whose first command is told so.
    func sandbox(notice: String) -> PlannedObject { SandboxSpace(names: names, request: request).pod(notice: notice) }

    package var sandboxPod: ObjectKey {
        ObjectKey(namespace: names.sandbox, name: EnvironmentNames.sandboxPod)
    }
}
