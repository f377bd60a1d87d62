import HTTP

/// Who we are in one request.
struct Identity: Sendable, Hashable {
    /// The value of the header of that name.
    var authorization: String?
    var tls: TLSConfiguration
    /// The plugin's answer that this was made from, if it was.
    var plugged: ExecCredential?
}
