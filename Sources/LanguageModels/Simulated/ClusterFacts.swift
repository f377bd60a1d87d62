/// What was seen of a namespace.
///
/// A list that could not be read stays nothing, which is not the same as empty.
struct ClusterFacts {
    struct Service {
        var name: String
        var selector: [String: String]
        var ports: [String]
        var targetPorts: [String]
    }

    struct Pod {
        var name: String
        var phase: String
        var isReady: Bool
        var waiting: [String]
        var ports: Set<String>
        var portNames: Set<String>
        var labels: [String: String]
    }

    struct Deployment {
        var name: String
        var desired: Int
        var available: Int
        var nodeSelector: [String: String]
        var labels: [String: String]
    }

    private(set) var services: [Service]?
    private(set) var pods: [Pod]?
    private(set) var deployments: [Deployment]?

    /// Nothing at all came back: the cluster is out of sight.
    var isBlind: Bool { services == nil && pods == nil && deployments == nil }
    var isComplete: Bool { services != nil && pods != nil && deployments != nil }

    mutating func take(_ text: String) {
        if let rows = KubectlTable.services.rows(in: text) {
            services = rows.map {
                Service(
                    name: $0[0], selector: KubectlTable.map($0[1]), ports: KubectlTable.list($0[2]),
                    targetPorts: KubectlTable.list($0[3]))
            }
        }
        if let rows = KubectlTable.pods.rows(in: text) {
            pods = rows.map {
                let ready = KubectlTable.list($0[2])
                return Pod(
                    name: $0[0], phase: $0[1], isReady: !ready.isEmpty && ready.allSatisfy { $0 == "true" },
                    waiting: KubectlTable.list($0[3]), ports: Set(KubectlTable.list($0[4])),
                    portNames: Set(KubectlTable.list($0[5])), labels: KubectlTable.map($0[6]))
            }
        }
        if let rows = KubectlTable.deployments.rows(in: text) {
            deployments = rows.map {
                Deployment(
                    name: $0[0], desired: Int($0[1]) ?? 1, available: Int($0[2]) ?? 0,
                    nodeSelector: KubectlTable.map($0[3]), labels: KubectlTable.map($0[4]))
            }
        }
    }

    static func matches(_ labels: [String: String], _ selector: [String: String]) -> Bool {
        !selector.isEmpty && selector.allSatisfy { labels[$0.key] == $0.value }
    }
}
