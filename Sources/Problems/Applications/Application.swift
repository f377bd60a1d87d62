package import Environments
import JSON

/// An application that problems run on: pure manifests and the facts that the oracles need.
package protocol Application: Sendable {
    /// One sentence on what it does, for the agent.
    var summary: String { get }

    /// Where its users come in, as a Service name and port.
    var frontDoor: FrontDoor { get }

    var deployments: [String] { get }

    /// The Job that calls the front door for the whole run, and whose pod the oracles call it from.
    var workloadJob: String { get }

    /// Everything but the workload, in the order it is made.
    func manifests(_ placement: Placement) -> [PlannedObject]

    func workload(_ placement: Placement) -> PlannedObject
}

/// Where users of an application come in.
package struct FrontDoor: Sendable, Hashable {
    package var service: String
    package var port: Int

    package init(service: String, port: Int) {
        self.service = service
        self.port = port
    }

    /// As a URL names it from inside the namespace.
    package var authority: String { port == 80 ? service : "\(service):\(port)" }
}

/// Where and from which images an application is deployed.
package struct Placement: Sendable, Hashable {
    package var namespace: String
    package var taskUID: String
    package var images: ImageSet
    /// How long the workload runs at most.
    package var workloadSeconds: Int

    package init(namespace: String, taskUID: String, images: ImageSet, workloadSeconds: Int = 4 * 3600) {
        self.namespace = namespace
        self.taskUID = taskUID
        self.images = images
        self.workloadSeconds = workloadSeconds
    }

    /// Nothing in the labels tells what the run is about.
    func labels(_ application: String? = nil) -> [(String, String)] {
        let uid = [(EnvironmentNames.uidLabel, taskUID)]
        guard let application else { return uid }
        return [("app", application)] + uid
    }
}
