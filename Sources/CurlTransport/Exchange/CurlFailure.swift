internal import CCurl
internal import HTTP

/// Translates libcurl's result codes.
struct CurlFailure {
    var code: CURLcode
    var detail: String
    /// The connection was up, so that the request may have been sent.
    var isConnected: Bool
    /// Some byte of the response has come.
    var bytesSeen: Bool

    /// The typed error, or `nil` for success.
    var error: HTTPError? {
        switch code {
        case CURLE_OK: nil
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_FUNCTION_ARGUMENT:
            .invalidRequest(detail)
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .resolve(detail)
        case CURLE_COULDNT_CONNECT: .connect(detail)
        case CURLE_OPERATION_TIMEDOUT: .timedOut(isConnected ? .total : .connecting)
        // A peer that goes away within the handshake is restarting; one that sends an alert has judged us.
        case CURLE_SSL_CONNECT_ERROR: isSystemError ? .connect(detail) : .tls(detail)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_USE_SSL_FAILED:
            .tls(detail)
        case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING: .protocolViolation(detail)
        // With TLS 1.3 the client's certificate is refused only after the handshake.
        case CURLE_RECV_ERROR, CURLE_SEND_ERROR: isAlert ? .tls(detail) : .reset(bytesSeen: bytesSeen, detail)
        default: isConnected ? .reset(bytesSeen: bytesSeen, detail) : .connect(detail)
        }
    }

    private var isAlert: Bool {
        detail.contains("SSL") && detail.contains(" alert ")
    }

    private var isSystemError: Bool {
        !detail.contains("SSL routines") || detail.contains("unexpected eof")
    }
}
