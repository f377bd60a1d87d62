extension Pod {
    /// True when the kubelet says so and nobody has asked for the pod's deletion.
    package var isReady: Bool { !metadata.isBeingDeleted && status.conditions.isTrue("Ready") }

    package var restartCount: Int { status.containerStatuses.reduce(0) { $0 + $1.restartCount } }
}

extension Deployment {
    package var desiredReplicas: Int { spec.replicas ?? 1 }

    /// True when the controller has seen the newest description and all pods wanted are of it and available.
    package var isRolledOut: Bool {
        status.observedGeneration >= metadata.generation
            && status.updatedReplicas == desiredReplicas
            && status.replicas == desiredReplicas
            && status.availableReplicas >= desiredReplicas
    }
}

extension Job {
    package var isComplete: Bool { status.conditions.isTrue("Complete") }
}

extension Node {
    package var isReady: Bool { status.conditions.isTrue("Ready") }
}
