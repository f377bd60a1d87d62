import JSON
import KubernetesModel

/// The NetworkPolicies of both namespaces: nothing in or out, then what is needed.
///
/// Application: pods of the namespace reach each other and DNS; the sandbox may call them. Sandbox: DNS, the API
/// server, and the application's pods; nothing calls in. DNS is allowed by port to every address, since a node-local
/// resolver answers on a link-local one and has no pod that could be selected; but for the addresses of the clouds' metadata
/// services, which nothing may reach on any port.
///
/// Where the API server's addresses are not known, the usual ports are open to private addresses only: whoever serves models
/// does so elsewhere.
///
/// Whether any of it is enforced is the network plug-in's matter.
enum NetworkRules {
    static func application(names: EnvironmentNames, labels: [(String, String)], taskUID: String) -> [PlannedObject] {
        let namespace = names.application
        return [
            denyAll(namespace: namespace, labels: labels),
            policy(
                "allow-inside", namespace: namespace, labels: labels,
                spec: [
                    "policyTypes": ["Ingress", "Egress"],
                    "ingress": [["from": [["podSelector": [:]], ofTask(taskUID)]]],
                    "egress": [["to": [["podSelector": [:]]]], dns],
                ]),
        ]
    }

    static func sandbox(
        names: EnvironmentNames, labels: [(String, String)], taskUID: String, apiServer: [APIServerAddress]
    ) -> [PlannedObject] {
        let namespace = names.sandbox
        return [
            denyAll(namespace: namespace, labels: labels),
            policy(
                "allow-out", namespace: namespace, labels: labels,
                spec: [
                    "policyTypes": ["Egress"],
                    "egress": .array([dns, ["to": [ofTask(taskUID)]]] + apiServerRules(apiServer)),
                ]),
        ]
    }

    private static func denyAll(namespace: String, labels: [(String, String)]) -> PlannedObject {
        policy("deny-all", namespace: namespace, labels: labels, spec: ["policyTypes": ["Ingress", "Egress"]])
    }

    private static func policy(
        _ name: String, namespace: String, labels: [(String, String)], spec: JSONObject
    ) -> PlannedObject {
        var whole: JSONObject = ["podSelector": [:]]
        for (field, value) in spec { whole[field] = value }
        return PlannedObject(
            .networkPolicies, namespace: namespace, name: name, labels: labels, body: ["spec": .object(whole)])
    }

    /// The namespaces of the same task, by the only label they carry.
    private static func ofTask(_ uid: String) -> JSONValue {
        ["namespaceSelector": ["matchLabels": .object(JSONObject.strings([(EnvironmentNames.uidLabel, uid)]))]]
    }

    private static let dns: JSONValue = [
        "to": [
            ["namespaceSelector": [:]], ["ipBlock": ["cidr": "0.0.0.0/0", "except": ["169.254.169.254/32"]]],
            ["ipBlock": ["cidr": "::/0", "except": ["fd00:ec2::254/128"]]],
        ],
        "ports": [["protocol": "UDP", "port": 53], ["protocol": "TCP", "port": 53]],
    ]

    private static func apiServerRules(_ known: [APIServerAddress]) -> [JSONValue] {
        guard !known.isEmpty else {
            return [
                [
                    "to": .array(privateBlocks),
                    "ports": [["protocol": "TCP", "port": 443], ["protocol": "TCP", "port": 6443]],
                ]
            ]
        }
        return known.map { place in
            [
                "to": [["ipBlock": ["cidr": .string(place.cidr)]]],
                "ports": [["protocol": "TCP", "port": .integer(Int64(place.port))]],
            ]
        }
    }

    /// Where clusters have their Services, pods and nodes; no link-local address among them, and none of the internet.
    private static let privateBlocks: [JSONValue] =
        ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].map { ["ipBlock": ["cidr": .string($0)]] }
        + [
            ["ipBlock": ["cidr": "fc00::/7", "except": ["fd00:ec2::254/128"]]]
        ]
}
