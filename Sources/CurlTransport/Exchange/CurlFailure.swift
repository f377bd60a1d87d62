internal import CCurl
internal import HTTP

/// Translates libcurl's result codes.
struct CurlFailure {
    var code: CURLcode
    var detail: String
    /// The connection was up, TLS included, so that the request could be sent.
    var isConnected: Bool
    /// Some byte of the request has been handed to the kernel.
    var hasSent: Bool
    /// A link-local address was refused on the way.
    var hasRefusedAddress = false
    /// Some byte of the response has come.
    var bytesSeen: Bool

    /// The typed error, or `nil` for success.
    var error: HTTPError? {
        switch code {
        case CURLE_OK: nil
        case _ where hasRefusedAddress && !hasSent: .refusedAddress("link-local")
        // What is no HTTP is taken for HTTP/0.9, an unsupported protocol.
        case CURLE_UNSUPPORTED_PROTOCOL where hasSent: .protocolViolation(detail)
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
        // With TLS 1.3 the client's certificate is refused only after the handshake, and then nobody has read the request.
        case CURLE_RECV_ERROR where refusesCertificate, CURLE_SEND_ERROR where refusesCertificate: .tls(detail)
        default: broken
        }
    }

    private var broken: HTTPError {
        guard isConnected else { return .connect(detail) }
        return hasSent ? .reset(bytesSeen: bytesSeen, detail) : .notSent(detail)
    }

    /// By OpenSSL's words for the alerts of RFC 8446, 6.2 that judge a certificate.
    ///
    /// Any other alert says that a connection broke, which tells nothing of what became of the request.
    private var refusesCertificate: Bool {
        guard !bytesSeen, detail.contains("SSL"), detail.contains(" alert ") else { return false }
        return ["certificate", "unknown ca", "access denied"].contains { detail.contains($0) }
    }

    private var isSystemError: Bool {
        !detail.contains("SSL routines") || detail.contains("unexpected eof")
    }
}
