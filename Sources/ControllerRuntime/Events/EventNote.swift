package import KubernetesModel

/// Something worth telling the owner of an object, before it becomes an Event.
package struct EventNote: Sendable, Hashable {
    package enum Severity: String, Sendable, Hashable {
        case normal = "Normal"
        case warning = "Warning"
    }

    package var regarding: ObjectReference
    package var related: ObjectReference?
    package var severity: Severity
    /// Why, in CamelCase for machines, such as `FaultInjected`.
    package var reason: String
    /// What was being done, such as `Inject`; the API demands one.
    package var action: String
    /// For people.
    package var note: String

    package init(
        regarding: ObjectReference, related: ObjectReference? = nil, severity: Severity = .normal, reason: String,
        action: String, note: String
    ) {
        self.regarding = regarding
        self.related = related
        self.severity = severity
        self.reason = reason
        self.action = action
        self.note = note
    }

    package static func about<R: KubernetesObject>(
        _ object: R, _ severity: Severity = .normal, reason: String, action: String, note: String
    ) -> EventNote {
        let metadata = object.metadata
        return EventNote(
            regarding: ObjectReference(
                apiVersion: R.resourceType.apiVersion, kind: R.resourceType.kind,
                namespace: metadata.namespace ?? "", name: metadata.name, uid: metadata.uid,
                resourceVersion: metadata.resourceVersion),
            severity: severity, reason: reason, action: action, note: note)
    }
}
