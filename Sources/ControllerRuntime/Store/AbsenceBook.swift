import KubernetesModel

/// The keys that a live read did not find, each with the version of the kind at which it was not there.
///
/// What a watch that is behind says of such a key from before that version is out of date, whatever is shown of it.
/// Invariant: an absence is kept until the contents have reached its version, and of more than `limit` the oldest goes: its
/// key may be shown once more, until the watch comes to its end.
struct AbsenceBook: Sendable {
    static let limit = 4_096

    private var versions: [ObjectKey: String] = [:]

    var isEmpty: Bool { versions.isEmpty }

    mutating func note(_ key: ObjectKey, asOf version: String) {
        if let known = versions[key], !ResourceVersion.isNewer(version, than: known) { return }
        versions[key] = version
        guard versions.count > Self.limit else { return }
        let oldest = versions.min { ResourceVersion.isNewer($1.value, than: $0.value) }
        if let oldest { versions[oldest.key] = nil }
    }

    /// Whether a state of that version is one from before the key was not there.
    func covers(_ key: ObjectKey, _ version: String) -> Bool {
        // Nearly always: asked for each event, and of each object of a list.
        guard !versions.isEmpty, let absence = versions[key] else { return false }
        return !ResourceVersion.isNewer(version, than: absence)
    }

    /// The contents have come so far: nothing older comes any more.
    mutating func forget(upTo version: String) {
        guard !versions.isEmpty else { return }
        versions = versions.filter { ResourceVersion.isNewer($0.value, than: version) }
    }
}
