/// What the parser accepts at most; beyond it, it throws.
package struct YAMLLimits: Sendable, Hashable {
    package var bytes: Int
    /// Containers inside each other, after aliases are expanded.
    package var depth: Int
    package var aliases: Int
    /// Rough size of all documents once aliases are expanded: the bytes of the scalars and 16 for each node.
    ///
    /// Nine lines of nested aliases make gigabytes otherwise.
    package var expandedBytes: Int
    /// Lines that begin with `%` in one document; libyaml compares each with all before it.
    package var directives: Int

    package init(
        bytes: Int = 8 << 20, depth: Int = 128, aliases: Int = 1_000, expandedBytes: Int = 64 << 20,
        directives: Int = 32
    ) {
        self.bytes = bytes
        self.depth = depth
        self.aliases = aliases
        self.expandedBytes = expandedBytes
        self.directives = directives
    }

    package static let standard = YAMLLimits()
}
