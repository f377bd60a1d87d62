import JSON
package import KubernetesModel

/// Server-side apply of typed objects.
extension KubernetesClient {
    /// Makes the object what `object` says, for the fields it has; the field manager of the options owns them afterwards.
    ///
    /// Without `force` a field of another manager is a conflict whose causes name it. A version in the object makes the
    /// apply conditional; what the server fills in itself must not be in it.
    package func apply<R: KubernetesObject>(
        _ object: R, subresource: String? = nil, force: Bool, options: WriteOptions = WriteOptions()
    ) async throws(KubernetesError) -> R {
        try await patch(
            R.self, object.key, .apply(object.jsonValue(), force: force), subresource: subresource, options: options)
    }
}
