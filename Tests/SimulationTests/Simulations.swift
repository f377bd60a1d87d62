import Testing

/// One schedule at a time: each keeps a thread of the pool busy, which other suites with time limits need as well.
@Suite(.serialized) struct Simulations {
    /// What the simulation has found and is not mended yet; a test that stops failing by itself is no failure.
    static let known: [String: Comment] = [
        "task-failure": "an ending is decided anew after a death between the seal and the last write",
        "F19": "a conversation is not sealed after the server was away for a minute",
        "weather": "a run is failed for a server error while it reads its conversation",
    ]
}
