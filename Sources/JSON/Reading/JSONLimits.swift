/// What a reader accepts at most; beyond it, it throws.
package struct JSONLimits: Sendable, Hashable {
    package var bytes: Int
    /// Containers inside each other.
    package var depth: Int

    package init(bytes: Int = 64 << 20, depth: Int = 128) {
        self.bytes = bytes
        self.depth = depth
    }

    package static let standard = JSONLimits()
}
