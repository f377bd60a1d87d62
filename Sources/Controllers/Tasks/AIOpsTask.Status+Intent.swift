import AIOpsAPI
import ControllerRuntime

extension AIOpsTask.Status {
    /// The write that makes the task's status this one; nil when it is so already: a steady task is never written (I8).
    ///
    /// `redact` takes secrets out of the words in it.
    func intent(for task: AIOpsTask, redact: (String) -> String = { $0 }) -> Intent? {
        var status = self
        status.hideSecrets(since: task.status, redact)
        return status == task.status ? nil : .status(of: task, from: task.status, to: status)
    }
}
