package import AIOpsAPI
import Environments

extension WorkerPool.Spec {
    /// Whether tasks get a Kind cluster unless they ask for something else, or are meant to ask for one.
    package var usesKind: Bool { environments?.type == .kind || environments?.kind != nil }

    /// Why no cluster can be made by its configuration; nil where one can, as far as can be told without kind.
    package var complaintAboutKind: String? {
        do throws(KindError) {
            _ = try KindConfiguration.text(environments?.kind?.config, workers: 0)
            return nil
        } catch {
            return "spec.environments.kind.config: \(error)"
        }
    }
}
