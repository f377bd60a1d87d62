/// What an environment is made for.
package struct EnvironmentRequest: Sendable, Hashable {
    package var taskUID: String
    /// Counts from 1; every attempt gets an environment of its own.
    package var attempt: Int
    package var taskType: TaskType
    package var images: ImageSet
    /// Addresses the sandbox may reach the API server at; empty means any address on the usual ports.
    package var apiServer: [APIServerAddress]
    /// After this the sandbox ends by itself, whatever became of the operator.
    package var sandboxLifetimeSeconds: Int64

    package init(
        taskUID: String, attempt: Int, taskType: TaskType, images: ImageSet = ImageSet(),
        apiServer: [APIServerAddress] = [], sandboxLifetimeSeconds: Int64 = 4 * 3600
    ) {
        self.taskUID = taskUID
        self.attempt = attempt
        self.taskType = taskType
        self.images = images
        self.apiServer = apiServer
        self.sandboxLifetimeSeconds = sandboxLifetimeSeconds
    }
}

/// One address of the API server as a packet from a pod may see it, before or after a Service is translated.
package struct APIServerAddress: Sendable, Hashable {
    package var address: String
    package var port: Int

    package init(address: String, port: Int) {
        self.address = address
        self.port = port
    }

    var cidr: String { address.contains(":") ? "\(address)/128" : "\(address)/32" }
}
