import ClusterTesting
import Testing

// Side by side within a group, one group after another: a node has room for a hundred pods, and a task takes six.

@Suite(.operator(on: .node)) enum FirstRunAndModels {}

@Suite(.operator(on: .node)) enum PoolAndEnds {}
