package import KubernetesClient
package import KubernetesModel
package import Primitives
package import Telemetry

/// Looks for operators that this process would fight: those that hold a Lease of the same name where it will not race.
///
/// Whether a holder lives is told by its renewals, seen with our own clock; the time written in a Lease is the other's.
package struct RivalSearch: Sendable {
    package struct Rival: Sendable, Hashable {
        package var key: ObjectKey
        package var holder: String

        package init(key: ObjectKey, holder: String) {
            self.key = key
            self.holder = holder
        }
    }

    private let client: KubernetesClient
    private let timings: LeaseTimings
    private let time: any TimeSource
    private let logger: Logger

    package init(
        client: KubernetesClient, timings: LeaseTimings = .standard, time: any TimeSource, logger: Logger
    ) {
        self.client = client
        self.timings = timings
        self.time = time
        self.logger = logger
    }

    /// The first holder of a Lease `name`, in any namespace but the one this process races in, that is seen to live.
    ///
    /// Returns at once when nobody holds one; else it watches for as long as a holder may be silent.
    package func find(name: String, besides own: String?) async throws -> Rival? {
        var first: [ObjectKey: LeaseRecord] = [:]
        let began = time.monotonicNow()
        while true {
            let leases: [Lease]
            do throws(KubernetesError) {
                leases = try await held(name: name, besides: own)
            } catch {
                guard case .forbidden = error.kind else { throw error }
                logger.info(
                    "leases of other namespaces may not be read here; an operator in one of them would go unnoticed")
                return nil
            }
            let waited = time.monotonicNow() - began
            var isAnyUnsure = false
            for lease in leases {
                let (key, record) = (lease.metadata.key, LeaseRecord(lease))
                guard let holder = record.holder else { continue }
                if let before = first[key], before.spec != record.spec { return Rival(key: key, holder: holder) }
                if first[key] == nil {
                    logger.info(
                        "another operator holds a lease; watching whether it lives",
                        ["lease": "\(key)", "holder": .string(holder)])
                }
                first[key] = first[key] ?? record
                isAnyUnsure = isAnyUnsure || waited < record.validity(atLeast: timings.duration)
            }
            guard isAnyUnsure else { return nil }
            try await time.sleep(for: timings.retryPeriod / 2)
        }
    }

    private func held(name: String, besides own: String?) async throws(KubernetesError) -> [Lease] {
        let options = ListOptions(fieldSelector: "metadata.name=\(name)")
        return try await client.list(Lease.self, options: options).items.filter {
            $0.metadata.name == name && $0.metadata.namespace != own && LeaseRecord($0).holder != nil
        }
    }
}
