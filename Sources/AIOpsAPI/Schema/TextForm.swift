/// A shape of text with a name: the pattern that API servers check, and the same check in Swift.
///
/// Both exist because there is no regular-expression engine without Foundation that is worth its size; a test
/// compares them. Every pattern is anchored and linear to match.
package enum TextForm: String, Sendable, Hashable, CaseIterable {
    case dnsLabel
    case dnsSubdomain
    case decimal
    case secretKey
    case identifier
    case problemID
    case glob
    case modelName
    case toolName
    case image
    case httpURL
    case path
    case quantity
    case currency
    case sha256
    case reason
    /// RFC 3339; checked by the server's `format`, not by a pattern.
    case dateTime

    package var pattern: String? {
        switch self {
        case .dnsLabel: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
        case .dnsSubdomain: "^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$"
        case .decimal: #"^[0-9]{1,9}(\.[0-9]{1,9})?$"#
        case .secretKey: "^[-._a-zA-Z0-9]+$"
        case .identifier: "^[A-Za-z0-9]([-._/A-Za-z0-9]*[A-Za-z0-9])?$"
        case .problemID: "^[A-Za-z0-9]([-._A-Za-z0-9]*[A-Za-z0-9])?$"
        case .glob: "^[-._/*A-Za-z0-9]+$"
        case .modelName: "^[A-Za-z0-9][-._:/@A-Za-z0-9]*$"
        case .toolName: "^[a-z][_a-z0-9]*$"
        case .image: "^[a-z0-9][-._:/@A-Za-z0-9]*$"
        case .httpURL: #"^https?://[^/?#@\s]+([/?][^#\s]*)?$"#
        case .path: #"^/[^?#\s]*$"#
        case .quantity: #"^[0-9]+(\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$"#
        case .currency: "^[A-Z]{3}$"
        case .sha256: "^[0-9a-f]{64}$"
        case .reason: "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$"
        case .dateTime: nil
        }
    }

    /// The form in words, for messages.
    package var explanation: String {
        switch self {
        case .dnsLabel: "lower-case letters, digits and dashes, as in a namespace"
        case .dnsSubdomain: "lower-case letters, digits, dashes and dots, as in an object name"
        case .decimal: "a decimal number as text, like \"0.7\""
        case .secretKey: "letters, digits, dashes, dots and underscores"
        case .identifier: "letters, digits and any of -._/ between them"
        case .problemID: "letters, digits and any of -._ between them"
        case .glob: "letters, digits, any of -._/ and * for any text"
        case .modelName: "letters, digits and any of -._:/@"
        case .toolName: "lower-case letters, digits and underscores"
        case .image: "an image reference"
        case .httpURL: "an absolute http or https address without user name and fragment"
        case .path: "a path that begins with / and has no query"
        case .quantity: "a quantity like 500m or 64Mi"
        case .currency: "three capital letters"
        case .sha256: "64 hexadecimal digits"
        case .reason: "one CamelCase word"
        case .dateTime: "an RFC 3339 time"
        }
    }
}
