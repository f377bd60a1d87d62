package import Environments
import JSON
import KubernetesModel

/// Four small HTTP services calling each other through real Services, from one stock image.
///
/// front calls catalogue and cart, and each of these calls store. The front door answers 200 only when the whole
/// chain does, else 502 within three seconds. Readiness looks only at the container itself, so that a broken
/// downstream leaves every pod ready, as in reality.
package struct ShopLite: Application, Hashable {
    package static let name = "shop-lite"
    package static let roles = ["front", "catalogue", "cart", "store"]

    /// What the containers listen on.
    package var port: Int
    /// Other names for the four roles, for variants; a role not named here is called as it is.
    package var names: [String: String]

    package init(port: Int = 8080, names: [String: String] = [:]) {
        self.port = port
        self.names = names
    }

    package var summary: String {
        "a small online shop: a few HTTP services that call one another inside the namespace"
    }
    package var services: [String] { Self.roles.map(name(of:)) }
    package var deployments: [String] { services }
    package var frontDoor: FrontDoor { FrontDoor(service: name(of: "front"), port: 80) }
    package var workloadJob: String { "visitors" }

    package func name(of role: String) -> String { names[role] ?? role }

    private static let calls = ["front": ["catalogue", "cart"], "catalogue": ["store"], "cart": ["store"]]

    package func manifests(_ placement: Placement) -> [PlannedObject] {
        let scripts = PlannedObject(
            .configMaps, namespace: placement.namespace, name: "shop", labels: placement.labels(),
            body: [
                "data": [
                    "answer.sh": .string(String(decoding: PackageResources.shop_answer_sh, as: UTF8.self)),
                    "visit.sh": .string(String(decoding: PackageResources.shop_visit_sh, as: UTF8.self)),
                    "health": "ok\n",
                ]
            ])
        // Whoever is called comes first, so that the chain answers as soon as its last link is up.
        let roles = Self.roles.reversed()
        return [scripts] + roles.map { service($0, placement) } + roles.map { deployment($0, placement) }
    }

    package func workload(_ placement: Placement) -> PlannedObject {
        let container = ShopContainer(
            name: workloadJob, command: ["/bin/sh", "/shop/visit.sh"],
            environment: [("FRONT_DOOR", frontDoor.authority)], port: nil, images: placement.images)
        return PlannedObject(
            .jobs, namespace: placement.namespace, name: workloadJob, labels: placement.labels(workloadJob),
            body: [
                "spec": [
                    "backoffLimit": 50,
                    "activeDeadlineSeconds": .integer(Int64(placement.workloadSeconds)),
                    "template": container.podTemplate(
                        restartPolicy: "OnFailure",
                        files: [("visit.sh", "visit.sh")]),
                ]
            ])
    }

    private func service(_ role: String, _ placement: Placement) -> PlannedObject {
        PlannedObject(
            .services, namespace: placement.namespace, name: name(of: role), labels: placement.labels(name(of: role)),
            body: [
                "spec": [
                    "selector": ["app": .string(name(of: role))],
                    "ports": [
                        [
                            "name": "http", "protocol": "TCP", "port": 80,
                            "targetPort": .integer(Int64(port)),
                        ]
                    ],
                ]
            ])
    }

    private func deployment(_ role: String, _ placement: Placement) -> PlannedObject {
        let name = name(of: role)
        let upstreams = (Self.calls[role] ?? []).map(self.name(of:)).joined(separator: " ")
        let container = ShopContainer(
            name: name,
            command: ["/bin/sh", "-c", "exec httpd -f -p \(port) -h /shop/www"],
            environment: [
                ("SERVICE", name), ("UPSTREAMS", upstreams), ("PATIENCE", role == "front" ? "2" : "1"),
            ], port: port, images: placement.images)
        return PlannedObject(
            .deployments, namespace: placement.namespace, name: name, labels: placement.labels(name),
            body: [
                "spec": [
                    "replicas": 1,
                    "selector": ["matchLabels": ["app": .string(name)]],
                    "template": container.podTemplate(
                        restartPolicy: "Always",
                        files: [("answer.sh", "www/cgi-bin/index.cgi"), ("health", "www/health")]),
                ]
            ])
    }
}
