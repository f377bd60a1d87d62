import Primitives

/// The name of the cluster of one attempt: `aiops-<pool>-<six of the home cluster, ten of the task>`.
///
/// A pure function of what it is for, so that whoever continues after a crash finds what was made. The engine may be
/// shared by operators of several clusters, and with people; the name is all that tells whose a cluster is. Invariant:
/// a name that does not end with the mark of the home cluster is nobody's of ours.
package struct KindClusterName: Sendable, Hashable, CustomStringConvertible {
    package let text: String

    private static let prefix = "aiops-"
    /// kind adds `-control-plane`, and the whole is the name of a host: 63 characters at most.
    private static let longestPool = 20
    private static let markLength = 6
    private static let tailLength = 10
    /// Attempts a task may have: its API allows no more.
    private static let attempts = 1...100

    /// `pool` is the name of the pool, for people, and what kind does not take is left out of it; `home` is what tells
    /// the operator's own cluster from all others, such as the uid of its `kube-system`.
    package init(pool: String, taskUID: String, attempt: Int, home: String) {
        let kept = pool.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        let short = String(kept.prefix(Self.longestPool)).split(separator: "-").joined(separator: "-")
        let pool = short.isEmpty ? "pool" : short
        text = "\(Self.prefix)\(pool)-\(Self.mark(home))\(Self.tail(taskUID, attempt))"
    }

    /// A name that was written down or found; nil unless it is of this operator's cluster.
    package init?(found text: String, home: String) {
        guard text.hasPrefix(Self.prefix), let tail = Self.lastPart(text), tail.hasPrefix(Self.mark(home)) else {
            return nil
        }
        self.text = text
    }

    /// Whether it was made for some attempt of the task.
    package func belongs(to taskUID: String) -> Bool {
        guard let tail = Self.lastPart(text)?.dropFirst(Self.markLength) else { return false }
        return Self.attempts.contains { Self.tail(taskUID, $0) == tail }
    }

    package var description: String { text }

    private static func lastPart(_ text: String) -> Substring? {
        let last = text.split(separator: "-", omittingEmptySubsequences: false).last
        let isWhole = last?.count == markLength + tailLength && last?.allSatisfy(\.isHexDigit) == true
        return isWhole ? last : nil
    }

    private static func mark(_ home: String) -> String {
        String(SHA256Digest.of("kind/\(home)").hex.prefix(markLength))
    }

    private static func tail(_ uid: String, _ attempt: Int) -> String {
        String(SHA256Digest.of("\(uid)/\(attempt)").hex.prefix(tailLength))
    }
}
