/// Something that can be asked to finish what it holds before its task is cancelled.
package protocol Drainable: Sendable {
    var name: String { get }

    /// Takes nothing new and returns when nothing is left, within bounds of its own. Called in a cancelled task.
    func drain() async
}
