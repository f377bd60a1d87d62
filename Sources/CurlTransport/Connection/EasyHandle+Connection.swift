internal import CCurl
internal import CLinux
internal import Glibc
internal import HTTP

/// What a pool adds to every connection.
struct ConnectionTraits {
    var version: Int
    /// Of libcurl's receive buffer, held as long as the exchange.
    var receiveBuffer: Int
    var uploadBuffer: Int
    /// A kept connection is not used again after so long; servers close theirs at 90 s and more, and a request that
    /// crosses that closing on the way is lost.
    var longestIdle = 55
    var proxies: CurlConfiguration.Proxies
    var resolutions: [String]
}

extension EasyHandle {
    /// Sets what says where and how to connect; stays for all requests of this handle.
    func connect(to destination: Destination, as traits: ConnectionTraits) {
        set(CURLOPT_HTTP_VERSION, traits.version)
        set(CURLOPT_BUFFERSIZE, traits.receiveBuffer)
        set(CURLOPT_UPLOAD_BUFFERSIZE, traits.uploadBuffer)
        set(CURLOPT_MAXAGE_CONN, traits.longestIdle)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(destination.connectTimeout / .milliseconds(1))))
        if let proxy = destination.proxy {
            set(CURLOPT_PROXY, proxy)
            // `NO_PROXY` is about the proxies of the environment, not about this one.
            set(CURLOPT_NOPROXY, "")
        } else if traits.proxies == .none {
            set(CURLOPT_PROXY, "")
        }
        if !traits.resolutions.isEmpty { set(CURLOPT_RESOLVE, list: traits.resolutions) }
        if let name = destination.tlsName {
            // libcurl takes the name for SNI and verification from the address, so the address carries that name and the
            // connection is sent to the real host.
            let (host, port) = (destination.host, destination.port)
            set(CURLOPT_CONNECT_TO, list: ["\(name):\(port):\(host):\(port)"])
        }
        refusesLinkLocal = destination.refusesLinkLocal
        let context = Unmanaged.passUnretained(self).toOpaque()
        keep(aiops_easy_on_open_socket(pointer, Self.openSocket, context))
        if destination.isSecure { setTrust(destination.tls ?? TLSConfiguration()) }
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

    /// Whether the connection in hand, perhaps a kept one that others made, leads to a permitted address.
    func permits(peer: UnsafePointer<CChar>) -> Bool {
        guard refusesLinkLocal, LinkLocal.isWrittenOut(String(cString: peer)) else { return true }
        hasRefusedAddress = true
        return false
    }

    private func openSocket(_ address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
        guard mayConnect() else { return aiops_socket_bad }
        let family = address.pointee.family
        if refusesLinkLocal, LinkLocal.contains(aiops_socket_address(address), family: family) {
            hasRefusedAddress = true
            return aiops_socket_bad
        }
        let descriptor = aiops_socket(family, address.pointee.socktype, address.pointee.protocol)
        guard descriptor >= 0 else { return aiops_socket_bad }
        // A cut link is noticed in about 7 s, idle or not: keep-alive alone took 23 s, and without it never. A socket that
        // is not TCP refuses these; that is no reason not to use it.
        _ = aiops_watch_peer(descriptor, 4, 1, 7_000)
        onOpen(descriptor)
        return descriptor
    }

    private static let openSocket: aiops_open_socket_callback = { context, _, address in
        guard let context, let address else { return aiops_socket_bad }
        return Unmanaged<EasyHandle>.fromOpaque(context).takeUnretainedValue().openSocket(address)
    }
}
