internal import CCurl
internal import CLinux
internal import HTTP

extension EasyHandle {
    /// Options that say where and how to connect; the same for exchanges and WebSockets.
    ///
    /// - Returns: The `Host` header to send where it differs from the address given to libcurl.
    func setConnection(
        to target: RequestTarget, tls: TLSConfiguration?, connectTimeout: Duration, proxies: CurlConfiguration.Proxies
    ) -> String? {
        var host: String?
        if let name = tls?.serverName, target.isSecure, name != target.host {
            // libcurl takes the name for SNI and verification from the address, so the address carries that name and the
            // connection is sent to the real host.
            set(CURLOPT_URL, target.url(host: name))
            set(CURLOPT_CONNECT_TO, list: ["\(name):\(target.port):\(target.host):\(target.port)"])
            host = target.authority
        } else {
            set(CURLOPT_URL, target.url())
        }
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(connectTimeout / .milliseconds(1))))
        if proxies == .none { set(CURLOPT_PROXY, "") }
        keep(aiops_easy_on_socket(pointer, Self.prepareSocket))
        if target.isSecure { setTrust(tls ?? TLSConfiguration()) }
        return host
    }

    private func setTrust(_ tls: TLSConfiguration) {
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        set(CURLOPT_SSL_VERIFYPEER, tls.skipVerification ? 0 : 1)
        set(CURLOPT_SSL_VERIFYHOST, tls.skipVerification ? 0 : 2)
        if let authorities = tls.caPEM {
            set(CURLOPT_CAINFO_BLOB, blob: authorities)
            // The blob replaces the system's file but not its folder, which would be trusted as well.
            set(CURLOPT_CAPATH, nil as String?)
        }
        if let certificate = tls.clientCertificatePEM {
            set(CURLOPT_SSLCERTTYPE, "PEM")
            set(CURLOPT_SSLCERT_BLOB, blob: certificate)
        }
        if let key = tls.clientKeyPEM {
            set(CURLOPT_SSLKEYTYPE, "PEM")
            set(CURLOPT_SSLKEY_BLOB, blob: key)
        }
    }

    /// A cut link is noticed in about 9 s, idle or not: keep-alive alone took 23 s, and without it never.
    private static let prepareSocket: aiops_socket_options_callback = { _, descriptor, _ in
        // A socket that is not TCP refuses these; that is no reason not to use it.
        _ = aiops_watch_peer(descriptor, 5, 2, 9_000)
        return CURL_SOCKOPT_OK
    }
}
