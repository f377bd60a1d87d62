import HTTP
import JSON
import KubernetesModel

/// Decides what must be asked to know the resources of a group and version, and remembers the answers.
///
/// Invariants: what is there is believed for ``presentFor``; what is not there for ``absentFor``, because the usual reason
/// to ask again is that somebody has just installed it; a document is kept with its tag, so that asking again costs next
/// to nothing; a server without aggregated documents is asked group by group.
struct DiscoveryCache: Sendable {
    enum Answer: Sendable {
        case known([APIResource])
        case ask(Question)
    }

    struct Question: Sendable, Hashable {
        var path: String
        var accept: String
        var tag: String?
        /// The `apiVersion` when one is asked about alone.
        var apiVersion: String?
    }

    private struct Document {
        var resources: [String: [APIResource]]
        var tag: String?
        var readAt: Duration
    }

    static let presentFor = Duration.seconds(600)
    static let absentFor = Duration.seconds(10)
    /// No cluster has nearly so many groups; it only bounds the memory.
    private static let limit = 1_000

    /// By path: `/api` and `/apis`, or those of single groups and versions.
    private var documents: [String: Document] = [:]
    private var singlyUntil: Duration?

    mutating func resources(_ apiVersion: String, now: Duration) -> Answer {
        let isSingle = singlyUntil.map { now < $0 } ?? false
        let path =
            isSingle ? ResourceType.groupVersionPath(apiVersion) : apiVersion.contains("/") ? "/apis" : "/api"
        if let document = documents[path] {
            let age = now - document.readAt
            let found = document.resources[apiVersion]
            if age < (found == nil ? Self.absentFor : Self.presentFor) { return .known(found ?? []) }
        }
        return .ask(
            Question(
                path: path, accept: isSingle ? "application/json" : AggregatedDiscovery.accept,
                tag: documents[path]?.tag, apiVersion: isSingle ? apiVersion : nil))
    }

    /// Takes a document; false when the server does not serve this form and must be asked again.
    mutating func take(
        _ body: [UInt8], contentType: String, tag: String?, to question: Question, now: Duration
    ) throws(JSONError) -> Bool {
        if let apiVersion = question.apiVersion {
            let list = try APIResourceList(json: body)
            keep(question.path, Document(resources: [apiVersion: list.resources], tag: tag, readAt: now))
            return true
        }
        guard contentType.contains(AggregatedDiscovery.mark) else {
            singlyUntil = now + Self.presentFor
            return false
        }
        keep(question.path, Document(resources: try AggregatedDiscovery(json: body).resources, tag: tag, readAt: now))
        return true
    }

    /// The document is as it was.
    mutating func confirm(_ question: Question, now: Duration) { documents[question.path]?.readAt = now }

    /// There is no such document: false when that only means that the server does not have the form.
    mutating func miss(_ question: Question, now: Duration) -> Bool {
        guard question.apiVersion != nil else {
            singlyUntil = now + Self.presentFor
            return false
        }
        keep(question.path, Document(resources: [:], tag: nil, readAt: now))
        return true
    }

    /// Something that should be there was not, so nothing is believed unseen; tags are kept.
    mutating func doubt() {
        for path in documents.keys { documents[path]?.readAt -= Self.presentFor }
    }

    private mutating func keep(_ path: String, _ document: Document) {
        if documents.count >= Self.limit { documents.removeAll() }
        documents[path] = document
    }
}
