/// The version that kind says it has.
package struct KindVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    package var major: Int
    package var minor: Int

    /// The oldest that this is written for: the first that makes the cgroup namespace private itself, and the oldest
    /// tried is 0.27.
    package static let oldest = KindVersion(major: 0, minor: 20)

    package init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Reads `kind v0.27.0 go1.24.4 linux/amd64`; nil for anything else.
    package init?(output: String) {
        let words = output.split(whereSeparator: \.isWhitespace)
        guard words.count >= 2, words[0] == "kind", words[1].hasPrefix("v") else { return nil }
        let numbers = words[1].dropFirst().split(separator: ".")
        guard numbers.count >= 2, let major = Int(numbers[0]), let minor = Int(numbers[1]), major >= 0, minor >= 0
        else {
            return nil
        }
        self.init(major: major, minor: minor)
    }

    package var isSupported: Bool { self >= Self.oldest }
    package var description: String { "\(major).\(minor)" }

    package static func < (left: KindVersion, right: KindVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
