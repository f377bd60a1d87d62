package import JSON
package import KubernetesModel

extension Intent {
    /// Writes what of a status has changed, if anything has: a merge patch of the difference, to that very state of the
    /// object.
    ///
    /// Nil when `status` means what is there already. A condition whose status is as it was keeps its transition time,
    /// whatever `status` says: re-stamping it makes each write a change, each change an event and each event a write
    /// (falcosecurity/falco-operator #356).
    ///
    /// A merge patch rather than server-side apply: the two cost the server the same (docs/architecture.md), and here the
    /// resourceVersion is a precondition on everything that the decision was taken from, while apply would need the whole
    /// status each time and take fields from whoever else writes it.
    package static func status<R: KubernetesObject, Status: JSONEncodable>(
        of object: R, from old: Status, to status: Status
    ) -> Intent? {
        let before = old.jsonValue()
        let after = keepingTransitionTimes(of: before, in: status.jsonValue())
        guard let difference = JSONMergePatch.diff(from: before, to: after) else { return nil }
        return .mergePatch(
            R.resourceType, object.key, uid: object.metadata.uid, resourceVersion: object.metadata.resourceVersion,
            ["status": difference], subresource: "status")
    }

    private static func keepingTransitionTimes(of before: JSONValue, in status: JSONValue) -> JSONValue {
        guard let known = before["conditions"]?.arrayValue, let wanted = status["conditions"]?.arrayValue else {
            return status
        }
        var status = status
        status["conditions"] = .array(
            wanted.map { condition in
                let same = known.first { $0["type"] == condition["type"] && $0["status"] == condition["status"] }
                guard let time = same?["lastTransitionTime"] else { return condition }
                var condition = condition
                condition["lastTransitionTime"] = time
                return condition
            })
        return status
    }
}
