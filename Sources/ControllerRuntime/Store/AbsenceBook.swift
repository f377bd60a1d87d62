import KubernetesModel

/// The keys that a live read did not find, each with the version of the kind at which it was not there.
///
/// What a watch that is behind says of such a key from before that version is out of date, whatever is shown of it.
/// Invariants
/// - an absence is kept until the contents have reached its version, and of more than `limit` the oldest goes: its
///   key may be shown once more, until the watch comes to its end;
/// - `order` holds each absence once, the oldest version first: a watch that catches up passes them one by one.
struct AbsenceBook: Sendable {
    static let limit = 4_096

    private var versions: [ObjectKey: String] = [:]
    private var order: [(version: String, key: ObjectKey)] = []

    var keys: [ObjectKey] { order.map(\.key) }

    mutating func note(_ key: ObjectKey, asOf version: String) {
        if let known = versions[key] {
            guard ResourceVersion.isNewer(version, than: known) else { return }
            order.removeAll { $0.key == key }
        }
        versions[key] = version
        // Reads come back in about the order of their versions.
        let position = order.lastIndex { !ResourceVersion.isNewer($0.version, than: version) }.map { $0 + 1 } ?? 0
        order.insert((version, key), at: position)
        if order.count > Self.limit { versions[order.removeFirst().key] = nil }
    }

    /// Whether a state of that version is one from before the key was not there.
    func covers(_ key: ObjectKey, _ version: String) -> Bool {
        // Nearly always: asked for each event, and of each object of a list.
        guard !versions.isEmpty, let absence = versions[key] else { return false }
        return !ResourceVersion.isNewer(version, than: absence)
    }

    /// The contents have come so far: nothing older comes any more.
    mutating func forget(upTo version: String) {
        let reached = order.prefix { !ResourceVersion.isNewer($0.version, than: version) }
        guard !reached.isEmpty else { return }
        for absence in reached { versions[absence.key] = nil }
        order.removeFirst(reached.count)
    }
}
