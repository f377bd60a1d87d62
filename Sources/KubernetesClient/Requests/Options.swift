package import KubernetesModel

/// What every write says about itself.
package struct WriteOptions: Sendable, Hashable {
    package enum FieldValidation: String, Sendable, Hashable {
        case ignore = "Ignore"
        case warn = "Warn"
        case strict = "Strict"
    }

    /// Empty leaves the server to make one up from the user agent; an apply must name one.
    package var fieldManager: String
    /// The server checks and answers as if it had written, and writes nothing.
    package var dryRun: Bool
    /// Nil leaves the server's own choice; servers before 1.25 know no other.
    package var fieldValidation: FieldValidation?
    /// False for a caller that repeats by itself: what failed is told at once, whatever it was.
    package var isRepeated: Bool

    package init(
        fieldManager: String = "aiops-operator", dryRun: Bool = false, fieldValidation: FieldValidation? = nil,
        isRepeated: Bool = true
    ) {
        self.fieldManager = fieldManager
        self.dryRun = dryRun
        self.fieldValidation = fieldValidation
        self.isRepeated = isRepeated
    }

    var query: [(String, String)] {
        var query = fieldManager.isEmpty ? [] : [("fieldManager", fieldManager)]
        if dryRun { query.append(("dryRun", "All")) }
        if let fieldValidation { query.append(("fieldValidation", fieldValidation.rawValue)) }
        return query
    }
}

/// Which objects a list gives, and how fresh they must be.
package struct ListOptions: Sendable, Hashable {
    package enum VersionMatch: String, Sendable, Hashable {
        case exact = "Exact"
        case notOlderThan = "NotOlderThan"
    }

    package var labelSelector: String?
    package var fieldSelector: String?
    /// Nil or empty for the newest state; `0` for whatever the server has at hand.
    package var resourceVersion: String?
    package var versionMatch: VersionMatch?
    /// Objects per page; zero for everything in one answer.
    ///
    /// A list not older than a given version is never paged, because the server then answers from memory.
    package var pageSize: Int
    /// The server leaves out everything but the metadata; for kinds that are decoded from no more.
    package var metadataOnly: Bool

    package init(
        labelSelector: String? = nil, fieldSelector: String? = nil, resourceVersion: String? = nil,
        versionMatch: VersionMatch? = nil, pageSize: Int = 500, metadataOnly: Bool = false
    ) {
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.resourceVersion = resourceVersion
        self.versionMatch = versionMatch
        self.pageSize = pageSize
        self.metadataOnly = metadataOnly
    }

    package init(labels: LabelSelector) { self.init(labelSelector: labels.text) }
}

/// What to delete and what becomes of its dependents.
package struct DeleteOptions: Sendable, Hashable {
    package enum Propagation: String, Sendable, Hashable {
        /// The object goes last.
        case foreground = "Foreground"
        /// The object goes first, dependents soon after.
        case background = "Background"
        /// Dependents stay.
        case orphan = "Orphan"
    }

    /// Deletes only the object with this uid, never a later one of the same name.
    package var uid: String?
    /// Deletes only this very state of the object.
    package var resourceVersion: String?
    package var propagation: Propagation?
    package var gracePeriodSeconds: Int64?
    package var dryRun: Bool

    package init(
        uid: String? = nil, resourceVersion: String? = nil, propagation: Propagation? = .background,
        gracePeriodSeconds: Int64? = nil, dryRun: Bool = false
    ) {
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.propagation = propagation
        self.gracePeriodSeconds = gracePeriodSeconds
        self.dryRun = dryRun
    }
}
