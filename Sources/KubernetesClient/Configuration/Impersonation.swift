package import HTTP
import KubernetesModel

/// Whom we act for: our own rights must allow that (the verb `impersonate`).
package struct Impersonation: Sendable, Hashable {
    package var user: String
    package var groups: [String]
    package var uid: String?
    package var extra: [String: [String]]

    package init(user: String, groups: [String] = [], uid: String? = nil, extra: [String: [String]] = [:]) {
        self.user = user
        self.groups = groups
        self.uid = uid
        self.extra = extra
    }

    /// Adds the headers by which the API server knows it.
    package func apply(to headers: inout HTTPHeaders) {
        headers.add("Impersonate-User", user)
        for group in groups { headers.add("Impersonate-Group", group) }
        if let uid { headers.add("Impersonate-Uid", uid) }
        for (key, values) in extra.sorted(by: { $0.key < $1.key }) {
            // Header names take few characters; the server decodes the rest.
            let name = "Impersonate-Extra-" + PercentEncoding.encode(key)
            for value in values { headers.add(name, value) }
        }
    }
}
