import JSON
import KubernetesClient
import KubernetesModel

/// The steps that only look.
extension Subject {
    func get(_ name: String) -> Step {
        Step("get \(self.name) \(name)") { stage, _ throws(KubernetesError) in
            _ = try await stage.client.getDynamic(type, stage.key(name, type))
        }
    }

    func getMetadata(_ name: String) -> Step {
        Step("get metadata of \(self.name) \(name)") { stage, _ throws(KubernetesError) in
            _ = try await stage.client.getMetadata(type, stage.key(name, type))
        }
    }

    func getScale(_ name: String) -> Step {
        Step("get scale of \(self.name) \(name)") { stage, _ throws(KubernetesError) in
            _ = try await stage.client.scale(type, stage.key(name, type))
        }
    }

    func list(_ options: ListOptions = ListOptions(), metadataOnly: Bool = false) -> Step {
        Step("list \(name)") { stage, references throws(KubernetesError) in
            var options = options
            options.labelSelector = options.labelSelector.map(references.filled)
            options.fieldSelector = options.fieldSelector.map(references.filled)
            options.resourceVersion = options.resourceVersion.map(references.filled)
            if metadataOnly {
                _ = try await stage.client.listMetadata(type, namespace: stage.namespace, options: options)
            } else {
                _ = try await stage.client.listDynamic(type, namespace: stage.namespace, options: options)
            }
        }
    }

    /// What the server says it has of this kind's group, as the client finds it out.
    func discover() -> Step {
        Step("discover \(type.apiVersion)") { stage, _ throws(KubernetesError) in
            _ = try await stage.client.resources(apiVersion: type.apiVersion)
        }
    }

    /// Asks until the object is gone.
    func awaitGone(_ name: String) -> Step {
        waiting("\(self.name) \(name) is gone") { stage throws(KubernetesError) in
            do throws(KubernetesError) {
                _ = try await stage.client.getDynamic(type, stage.key(name, type))
                return false
            } catch {
                guard error.isNotFound else { throw error }
                return true
            }
        }
    }

    private func waiting(
        _ what: String, _ isSo: @escaping @Sendable (Stage) async throws(KubernetesError) -> Bool
    ) -> Step {
        var step = Step(what) { stage, _ throws(KubernetesError) in
            while try await !isSo(stage) {
                guard await stage.wait() else { throw .configuration("never happened: \(what)") }
            }
        }
        step.isRecorded = false
        return step
    }
}

/// For what no other step says.
extension Subject {
    func elsewhere(
        _ label: String, _ action: @escaping @Sendable (Stage) async throws(KubernetesError) -> Void
    ) -> Step {
        Step(label) { stage, _ throws(KubernetesError) in try await action(stage) }
    }

    func until(
        _ what: String, _ isSo: @escaping @Sendable (Stage) async throws(KubernetesError) -> Bool
    ) -> Step { waiting(what, isSo) }
}
