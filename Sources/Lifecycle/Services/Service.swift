/// A long-lived part of the process.
///
/// Its whole life is one call: returning or throwing is the event that it has ended. Cancelling the task asks it to stop;
/// it finishes what must not be lost and returns. Nothing it started outlives the call.
package protocol Service: Sendable {
    /// For logs; unique within its group.
    var name: String { get }

    func run() async throws
}
