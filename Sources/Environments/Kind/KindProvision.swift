/// What is left to do until a cluster stands and its kubeconfig is recorded, from what a look at both shows.
///
/// Pure. Invariants: a cluster is taken over only when its kubeconfig is recorded, which is done after it was made, so
/// one that was half made is never used; whatever is deleted has been forgotten first, so that a record never outlives
/// the cluster it is of; the record is the last step.
package enum KindProvision {
    package enum Step: Sendable, Hashable {
        /// Removes the record of the kubeconfig.
        case forget
        /// Deletes what is there under the name.
        case delete
        case create
        /// Writes the record of the kubeconfig.
        case record
        /// Uses what is there.
        case adopt
    }

    /// In their order; `isRecorded` where there is a kubeconfig that can be used, `exists` where the engine has
    /// anything of the name.
    package static func steps(isRecorded: Bool, exists: Bool) -> [Step] {
        switch (isRecorded, exists) {
        case (true, true): [.adopt]
        case (true, false): [.forget, .create, .record]
        case (false, true): [.forget, .delete, .create, .record]
        case (false, false): [.create, .record]
        }
    }
}
