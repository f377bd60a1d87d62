import JSON
import Primitives

/// A namespace of random names, ports and labels, healthy or with one thing wrong.
struct RandomCluster {
    enum Fault: CaseIterable {
        case targetPort, namedPort, selector, scaledToZero, nodeSelector
    }

    var state: FakeCluster.State
    /// Name of the service that suffers.
    var victim: String

    init(seed: UInt64, fault: Fault?) {
        var generator = SeededGenerator(seed: seed)
        func word() -> String {
            let letters = Array("abcdefghijklmnopqrstuvwxyz")
            return String(
                (0..<Int.random(in: 3...9, using: &generator)).map { _ in
                    letters.randomElement(using: &generator) ?? "x"
                })
        }
        let key = ["app", "app.kubernetes.io/name", "component", word()].randomElement(using: &generator) ?? "app"
        var workloads: [FakeCluster.Workload] = []
        var services: [FakeCluster.Service] = []
        for index in 0..<Int.random(in: 3...7, using: &generator) {
            let name = "\(word())-\(word())\(index)"
            var labels = [key: name]
            if Bool.random(using: &generator) { labels["tier"] = word() }
            let isNamed = Bool.random(using: &generator)
            let first = Int.random(in: 1024...20_000, using: &generator)
            var ports: [(name: String?, number: Int)] = [(isNamed ? "p\(index)" : nil, first)]
            if Bool.random(using: &generator) { ports.append((nil, first + 1)) }
            workloads.append(
                FakeCluster.Workload(
                    name: name, labels: labels, replicas: Int.random(in: 1...3, using: &generator), ports: ports))
            services.append(
                FakeCluster.Service(
                    name: Bool.random(using: &generator) ? name : "\(word())-svc\(index)", selector: [key: name],
                    ports: ports.map { port in
                        let byName = port.name != nil && Bool.random(using: &generator)
                        return (
                            Int.random(in: 80...1000, using: &generator),
                            byName ? .string(port.name ?? "") : .integer(Int64(port.number))
                        )
                    }))
        }
        // Without selector: must never be taken for broken.
        services.append(FakeCluster.Service(name: word(), selector: [:], ports: [(443, 6443)]))
        let hit = Int.random(in: 0..<workloads.count, using: &generator)
        switch fault {
        case .targetPort: services[hit].ports[0].target = .integer(Int64.random(in: 30_000...60_000, using: &generator))
        case .namedPort: services[hit].ports[0].target = .string(word())
        case .selector:
            services[hit].name = workloads[hit].name
            services[hit].selector[key] = word() + "-gone"
        case .scaledToZero: workloads[hit].replicas = 0
        case .nodeSelector: workloads[hit].nodeSelector = ["kubernetes.io/hostname": word()]
        case nil: break
        }
        victim = services[hit].name
        state = FakeCluster.State(namespace: "ns-\(word())", workloads: workloads, services: services)
    }
}
