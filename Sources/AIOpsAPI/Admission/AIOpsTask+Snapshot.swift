package import JSON
import KubernetesModel
package import Primitives

extension AIOpsTask {
    /// Records the spec as it is now, and what its pool gives it; the run follows these copies, whatever is edited later.
    ///
    /// Kept as text and not as a second typed tree, which would double the CRD and let a server drop fields of it.
    /// Admitting twice keeps the first copy. `route` is the route of the pool that took the task.
    package mutating func admit(to pool: WorkerPool? = nil, route: WorkerPool.Route? = nil, now: Timestamp) {
        guard status.admission == nil else { return }
        let bytes = spec.jsonBytes()
        var admission = Admission()
        admission.generation = metadata.generation
        admission.admittedAt = now
        admission.specSHA256 = SHA256Digest.of(bytes).hex
        admission.spec = String(decoding: bytes, as: UTF8.self)
        admission.pool = pool.map { AdmittedPool($0, route: route) }
        status.admission = admission
    }

    /// The spec to run by: the admitted one, with what may still change taken from the present one.
    ///
    /// The present one before admission.
    package func runningSpec() throws(JSONError) -> Spec {
        guard let admission = status.admission else { return spec }
        return try admission.decodedSpec().overlaid(withMutableFieldsOf: spec)
    }

    /// The pool the task asks for; once admitted, the one that admitted it.
    ///
    /// Should that go while the task waits, no other of its name takes the task: it has not been asked whether it serves
    /// this namespace. Of a task admitted by a version that did not record its pool, the reference in its admitted spec:
    /// asked at each change of each task, so the copy is read only where there was an edit; a damaged one leaves the
    /// present spec.
    package var followedPoolRef: PoolReference? {
        if let pool = status.admission?.pool {
            var reference = PoolReference()
            (reference.name, reference.namespace) = (pool.name, pool.namespace)
            return reference
        }
        guard let admission = status.admission, admission.generation != metadata.generation else { return spec.poolRef }
        do { return try admission.decodedSpec().poolRef } catch { return spec.poolRef }
    }

    /// What the run takes from its pool, of the pool as it was at admission: its model settings, its environment settings
    /// and, as its only route, the one that took the task.
    ///
    /// Nil before admission, and for a task that was admitted by a version that did not record it.
    package func admittedDefaults() throws(JSONError) -> WorkerPool.Spec? {
        try status.admission?.pool?.decodedDefaults()
    }

    /// The edits since admission that came too late, for the condition `SpecChanged`; empty when there are none.
    package func lateChanges() throws(JSONError) -> [SpecProblem] {
        guard let admission = status.admission else { return [] }
        return try admission.decodedSpec().lateChanges(to: spec)
    }
}

extension AIOpsTask.AdmittedPool {
    init(_ pool: WorkerPool, route: WorkerPool.Route?) {
        self.init()
        namespace = pool.metadata.namespace ?? ""
        name = pool.metadata.name
        var taken = WorkerPool.Spec()
        taken.modelDefaults = pool.spec.modelDefaults
        taken.environments = pool.spec.environments
        taken.routes = route.map { [$0] }
        let bytes = taken.jsonBytes()
        defaultsSHA256 = SHA256Digest.of(bytes).hex
        defaults = String(decoding: bytes, as: UTF8.self)
    }

    /// The copy; an error when it is not what was recorded.
    func decodedDefaults() throws(JSONError) -> WorkerPool.Spec {
        let bytes = Array(defaults.utf8)
        guard SHA256Digest.of(bytes).hex == defaultsSHA256 else {
            throw JSONError(offset: 0, message: "status.admission.pool.defaults does not have the recorded digest")
        }
        return try WorkerPool.Spec(json: bytes)
    }
}

extension AIOpsTask.Admission {
    /// The copy; an error when it is not what was recorded.
    package func decodedSpec() throws(JSONError) -> AIOpsTask.Spec {
        let bytes = Array(spec.utf8)
        guard SHA256Digest.of(bytes).hex == specSHA256 else {
            throw JSONError(offset: 0, message: "status.admission.spec does not have the recorded digest")
        }
        return try AIOpsTask.Spec(json: bytes)
    }
}
