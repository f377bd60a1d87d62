import AIOpsAPI
import KubernetesModel

extension AIOpsTask {
    /// Whether it has an environment, or may have one by the time this is read.
    ///
    /// From its claim until a listing has shown that nothing of it is left; one that is retained, or cannot be taken down,
    /// counts all that time.
    var mayHaveEnvironment: Bool {
        if status.phase?.isRunning == true { return true }
        return status.environment?.inventory.isEmpty == false && !status.conditions.isTrue(.cleanedUp)
    }
}
