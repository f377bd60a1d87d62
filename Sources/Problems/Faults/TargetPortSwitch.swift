package import JSON
package import KubernetesModel

/// The change of a Service from one target port to another, as a pure function of the Service.
package enum TargetPortSwitch {
    package enum Step: Sendable, Hashable {
        case alreadyDone
        /// Refused by the server when anything it tests has changed meanwhile.
        case patch([JSONPatchOperation])
        /// The ports lead somewhere else altogether.
        case elsewhere(String)
    }

    package static func step(_ service: Service, ports: [Int], from: Int, to: Int) -> Step {
        var operations: [JSONPatchOperation] = [
            .test(path: "/metadata/uid", .string(service.metadata.uid))
        ]
        var done = 0
        for (index, port) in service.spec.ports.enumerated() where ports.contains(port.port) {
            switch port.targetPort ?? .int(port.port) {
            case .int(to): done += 1
            case .int(from):
                let path = "/spec/ports/\(index)"
                operations += [
                    .test(path: path + "/port", .integer(Int64(port.port))),
                    .test(path: path + "/targetPort", .integer(Int64(from))),
                    .replace(path: path + "/targetPort", .integer(Int64(to))),
                ]
            case let other: return .elsewhere("port \(port.port) leads to \(other)")
            }
        }
        if operations.count > 1 { return .patch(operations) }
        return done > 0 ? .alreadyDone : .elsewhere("none of the ports \(ports) is there")
    }
}
