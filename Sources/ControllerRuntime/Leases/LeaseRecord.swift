package import KubernetesModel
internal import Primitives

/// A Lease as it was at one version.
package struct LeaseRecord: Sendable, Hashable {
    package var spec: LeaseSpec
    package var version: String

    package init(spec: LeaseSpec, version: String) {
        self.spec = spec
        self.version = version
    }

    package init(_ lease: Lease) {
        self.init(spec: lease.spec, version: lease.metadata.resourceVersion)
    }

    /// Nil when nobody holds it.
    package var holder: String? { spec.holderIdentity.flatMap { $0.isEmpty ? nil : $0 } }

    /// Given up by its holder, as every elector does it.
    ///
    /// A Lease that somebody else has emptied may still be worked under.
    var isReleased: Bool { holder == nil && spec.leaseDurationSeconds == 1 }

    /// For how long after it was first seen so it must be taken as held: what the holder promised or what we would, the
    /// longer one, so that an edit of the field cannot make anybody hasty.
    func validity(atLeast own: Duration) -> Duration {
        max(own, .seconds(max(0, spec.leaseDurationSeconds ?? 0)))
    }

    /// What `holder` writes to take or keep the Lease.
    ///
    /// `former` is the record it replaces, nil when there is none; the times are for people, nothing is decided by them.
    static func claim(
        by holder: String, for duration: Duration, after former: LeaseSpec?, now: Timestamp
    ) -> LeaseSpec {
        let isKept = former?.holderIdentity == holder
        let transitions = former?.leaseTransitions ?? 0
        return LeaseSpec(
            holderIdentity: holder, leaseDurationSeconds: Int(duration.wholeSeconds),
            acquireTime: isKept ? former?.acquireTime ?? now : now, renewTime: now,
            leaseTransitions: former == nil || isKept ? transitions : transitions + 1)
    }

    /// What the holder writes to let go: nobody's, and no longer than the API allows.
    static func release(of former: LeaseSpec, now: Timestamp) -> LeaseSpec {
        LeaseSpec(
            holderIdentity: nil, leaseDurationSeconds: 1, acquireTime: now, renewTime: now,
            leaseTransitions: former.leaseTransitions)
    }
}
