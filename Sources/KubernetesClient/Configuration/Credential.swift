/// Who we say we are, besides a client certificate; never printed.
package enum Credential: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    case none
    case token(String)
    /// A file that is replaced under us, as projected service account tokens are.
    case tokenFile(String)
    /// Kubernetes itself dropped it in 1.19; authenticating proxies before it have not.
    case basic(username: String, password: String)
    /// A program that gives tokens or certificates.
    case exec(ExecPlugin)

    package var description: String {
        switch self {
        case .none: "none"
        case .token: "token (hidden)"
        case .tokenFile(let path): "token file \(path)"
        case .basic(let username, _): "user \(username) with a password (hidden)"
        case .exec(let plugin): "exec plugin \(plugin.command)"
        }
    }

    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
