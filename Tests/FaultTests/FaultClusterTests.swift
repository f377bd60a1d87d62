import FaultTesting
import Testing

/// The operator as a process against a real API server, with everything between them that can go wrong.
///
/// Its tests need a cluster and are named so that `swift test --skip ClusterTests` leaves them out. One after another:
/// there is one operator, and a plan's fault must meet that plan's requests.
@Suite(.serialized, .faults) enum FaultClusterTests {}
