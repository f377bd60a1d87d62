package import JSON
import KubernetesModel
package import Primitives

extension AIOpsTask {
    /// Records the spec as it is now; the run follows this copy, whatever is edited later.
    ///
    /// Kept as text and not as a second typed tree, which would double the CRD and let a server drop fields of it.
    /// Admitting twice keeps the first copy.
    package mutating func admit(now: Timestamp) {
        guard status.admission == nil else { return }
        let bytes = spec.jsonBytes()
        var admission = Admission()
        admission.generation = metadata.generation
        admission.admittedAt = now
        admission.specSHA256 = SHA256Digest.of(bytes).hex
        admission.spec = String(decoding: bytes, as: UTF8.self)
        status.admission = admission
    }

    /// The spec to run by: the admitted one, with what may still change taken from the present one.
    ///
    /// The present one before admission.
    package func runningSpec() throws(JSONError) -> Spec {
        guard let admission = status.admission else { return spec }
        return try admission.decodedSpec().overlaid(withMutableFieldsOf: spec)
    }

    /// The edits since admission that came too late, for the condition `SpecChanged`; empty when there are none.
    package func lateChanges() throws(JSONError) -> [SpecProblem] {
        guard let admission = status.admission else { return [] }
        return try admission.decodedSpec().lateChanges(to: spec)
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
