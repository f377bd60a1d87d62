/// Who we say we are, besides a client certificate; never printed.
package enum Credential: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    case none
    case token(String)
    /// A file that is replaced under us, as projected service account tokens are.
    case tokenFile(String)

    package var description: String {
        switch self {
        case .none: "none"
        case .token: "token (hidden)"
        case .tokenFile(let path): "token file \(path)"
        }
    }

    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
