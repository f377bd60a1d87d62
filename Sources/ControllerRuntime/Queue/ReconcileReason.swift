package import KubernetesModel

/// Why a key was put in the queue: for people, in logs; the reconciler never sees it, so that it stays level-triggered.
///
/// Made for each change of each object, so it only holds on to what is there already; text is put together when it is
/// shown.
package struct ReconcileReason: Sendable, Hashable, CustomStringConvertible {
    package enum Verb: String, Sendable, Hashable {
        case added, modified, deleted, missing, resynced
    }

    /// Where it came from: a kind, or "timer", "retry", "start".
    package var source: String
    private var verb: Verb?
    private var object: ObjectKey?
    private var text: String

    package init(_ source: String, _ detail: String = "") {
        self.source = source
        text = detail
    }

    /// A change of an object of that kind; without a key it is the one in the queue.
    package init(_ kind: String, _ verb: Verb, _ object: ObjectKey? = nil, version: String = "") {
        source = kind
        self.verb = verb
        self.object = object
        text = version
    }

    /// What happened there, such as "modified shop/cart@1234".
    package var detail: String {
        guard let verb else { return text }
        var detail = verb.rawValue
        if let object { detail += " \(object)" }
        if !text.isEmpty { detail += "@\(text)" }
        return detail
    }

    package var description: String {
        let detail = detail
        return detail.isEmpty ? source : "\(source): \(detail)"
    }
}
