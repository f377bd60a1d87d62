import Testing

/// One schedule at a time: each keeps a thread of the pool busy, which other suites with time limits need as well.
@Suite(.serialized) struct Simulations {
    /// What the simulation has found and is not mended yet; a test that stops failing by itself is no failure.
    static let known: [String: Comment] = [:]
}
