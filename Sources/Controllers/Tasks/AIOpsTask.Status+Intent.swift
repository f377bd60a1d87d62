import AIOpsAPI
import ControllerRuntime

extension AIOpsTask.Status {
    /// The write that makes the task's status this one; nil when it is so already: a steady task is never written (I8).
    func intent(for task: AIOpsTask) -> Intent? {
        self == task.status ? nil : .status(of: task, from: task.status, to: self)
    }
}
