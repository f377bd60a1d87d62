/// Names under which our kinds and marks live.
package enum APIGroup {
    package static let name = "aiops.dev"
    package static let version = "v1alpha1"
    package static let category = "aiops"

    /// The pool used when a task names none.
    package static let defaultPoolName = "default"
}
