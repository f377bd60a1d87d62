import CurlTransport
import HTTP
import HTTPTesting
import Primitives
import Testing

/// Against `openssl s_server`, whose standard input is what it sends.
@Suite(.timeLimit(.minutes(1))) struct TLSTests {
    private let certificates: TestCertificates

    init() throws {
        certificates = try TestCertificates()
    }

    private func serve(_ extra: [String] = []) throws -> (server: Subprocess, url: String) {
        let server = try Subprocess(
            "openssl",
            [
                "s_server", "-accept", "127.0.0.1:0", "-crlf", "-cert", certificates.path("server.pem"), "-key",
                certificates.path("server.key"),
            ] + extra)
        let head = try #require(server.read(until: "ACCEPT 127.0.0.1:"))
        let line = try #require(server.read(until: "\n").flatMap { _ in head.split(separator: "ACCEPT ").last })
        return (server, "https://" + line.prefix { !$0.isWhitespace })
    }

    private func trusted() throws -> TLSConfiguration {
        TLSConfiguration(caPEM: try certificates.read("ca.pem"))
    }

    private func outcome(_ url: String, _ tls: TLSConfiguration?, proxy: String? = nil) async throws -> HTTPError? {
        do {
            _ = try await withTransport { transport in
                try await transport.send(HTTPRequest(url: url, tls: tls, proxy: proxy)).body.collect()
            }
            return nil
        } catch let error as HTTPError {
            return error
        }
    }

    private func expectTLSError(_ error: HTTPError?) {
        guard case .tls = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func streamsFromAServerThatTheCertificateInMemoryVouchesFor() async throws {
        let (server, url) = try serve()
        let tls = try trusted()
        let pieces = try await withTransport { transport in
            server.write("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n")
            let response = try await transport.send(HTTPRequest(url: url, tls: tls, pool: .watch))
            var body = response.body.makeAsyncIterator()
            var pieces: [String] = []
            for piece in ["one", "two"] {
                server.write("3\n\(piece)\n")
                pieces.append(String(decoding: try await body.next() ?? [], as: UTF8.self))
            }
            server.write("0\n\n")
            #expect(try await body.next() == nil)
            return pieces
        }
        #expect(pieces == ["one", "two"])
    }

    @Test func strangersAndTheSystemsAuthoritiesAreNotTrusted() async throws {
        let (server, url) = try serve()
        expectTLSError(try await outcome(url, TLSConfiguration(caPEM: certificates.read("stranger.pem"))))
        expectTLSError(try await outcome(url, nil))
        withExtendedLifetime(server) {}
    }

    @Test func verificationCanBeSwitchedOff() async throws {
        let (server, url) = try serve()
        server.write("HTTP/1.1 204 No Content\n\n")
        #expect(try await outcome(url, TLSConfiguration(skipVerification: true)) == nil)
    }

    @Test func serverNameIsVerifiedInPlaceOfTheHost() async throws {
        // One for each: what is written for the second connection must not go to the first, which is still being closed.
        let (refused, other) = try serve()
        var tls = try trusted()
        tls.serverName = "other.test"
        expectTLSError(try await outcome(other, tls))
        withExtendedLifetime(refused) {}
        let (server, url) = try serve()
        tls.serverName = "server.test"
        server.write("HTTP/1.1 204 No Content\n\n")
        #expect(try await outcome(url, tls) == nil)
        let seen = try #require(server.read(until: "\r\n\r\n"))
        #expect(seen.contains("Host: \(url.dropFirst("https://".count))\r\n"))
    }

    @Test func clientCertificateOpensTheDoor() async throws {
        let demands = ["-Verify", "1", "-verify_return_error", "-CAfile", certificates.path("ca.pem")]
        let (refused, other) = try serve(demands)
        var tls = try trusted()
        expectTLSError(try await outcome(other, tls))
        withExtendedLifetime(refused) {}
        let (server, url) = try serve(demands)
        tls.clientCertificatePEM = try certificates.read("client.pem")
        tls.clientKeyPEM = try certificates.read("client.key")
        server.write("HTTP/1.1 204 No Content\n\n")
        #expect(try await outcome(url, tls) == nil)
    }

    @Test func keyThatIsNoKeyIsTheUsersError() async throws {
        let (server, url) = try serve()
        var tls = try trusted()
        tls.clientCertificatePEM = try certificates.read("client.pem")
        tls.clientKeyPEM = Array("no key".utf8)
        let error = try await outcome(url, tls)
        #expect(error?.isUserError == true)
        #expect(error?.isRetryable == false)
        withExtendedLifetime(server) {}
    }

    @Test(arguments: [true, false])
    func serverThatBreaksTheHandshakeMayBeTriedAgain(isAbrupt: Bool) async throws {
        let server = try RawServer { connection in
            _ = connection.read(5)
            if isAbrupt { connection.reset() }
        }
        let error = try await outcome("https://127.0.0.1:\(server.port)/", try trusted())
        guard case .connect = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    // MARK: Through a proxy

    /// A proxy that connects to the server, whatever it is asked for, and what it was asked.
    private func proxy(to url: String) throws -> (server: RawServer, heads: Locked<[String]>) {
        let port = try #require(url.split(separator: ":").last.flatMap { UInt16($0) })
        let heads = Locked<[String]>([])
        let server = try RawServer { connection in
            guard let head = connection.readHead() else { return }
            heads.withLock { $0.append(head) }
            connection.tunnel(to: port)
        }
        return (server, heads)
    }

    /// The proxy sees where to, and neither the request nor what identifies us; the far end is the one that is verified.
    @Test(arguments: [nil, "server.test"]) func aProxyCarriesWhatItCannotRead(name: String?) async throws {
        let (server, url) = try serve()
        let (proxy, heads) = try proxy(to: url)
        var tls = try trusted()
        tls.serverName = name
        server.write("HTTP/1.1 204 No Content\n\n")
        let status = try await withTransport { [tls] transport in
            try await transport.send(
                HTTPRequest(
                    url: url + "/a", headers: ["Authorization": "Bearer secret"], tls: tls,
                    proxy: "http://u:p@127.0.0.1:\(proxy.port)")
            ).status
        }
        #expect(status == 204)
        let asked = heads.withLock { $0 }
        #expect(asked.count == 1)
        let head = try #require(asked.first)
        #expect(head.hasPrefix("CONNECT \(url.dropFirst("https://".count)) HTTP/1.1\r\n"), "\(head)")
        #expect(head.contains("\r\nProxy-Authorization: Basic dTpw\r\n"))
        #expect(!head.lowercased().contains("\r\nauthorization:") && !head.contains("secret"))
        let seen = try #require(server.read(until: "\r\n\r\n"))
        #expect(seen.contains("GET /a HTTP/1.1\r\n") && seen.contains("Bearer secret"))
        #expect(!seen.contains("Proxy-Authorization"))
    }

    @Test func aStrangerAtTheFarEndOfAProxyIsNotTrusted() async throws {
        let (server, url) = try serve()
        let (proxy, _) = try proxy(to: url)
        let tls = TLSConfiguration(caPEM: try certificates.read("stranger.pem"))
        expectTLSError(try await outcome(url, tls, proxy: "http://127.0.0.1:\(proxy.port)"))
        withExtendedLifetime(server) {}
    }

    /// Nothing was sent, so everything may be tried again.
    @Test(arguments: ["403 Forbidden", "407 Proxy Authentication Required", "502 Bad Gateway"])
    func aProxyThatDoesNotConnectIsNamed(status: String) async throws {
        let proxy = try RawServer { connection in
            _ = connection.readHead()
            connection.respond("no", status: status)
        }
        let error = try await outcome(
            "https://127.0.0.1:9/", try trusted(), proxy: "http://127.0.0.1:\(proxy.port)")
        #expect(error?.fate == .notSent, "\(String(describing: error))")
        #expect("\(String(describing: error))".contains(String(status.prefix(3))), "\(String(describing: error))")
    }

    @Test func webSocketOverTLS() async throws {
        let (server, url) = try serve()
        let tls = try trusted()
        server.write("HTTP/1.1 403 Forbidden\nContent-Length: 2\n\nno")
        let error = await #expect(throws: HTTPError.self) {
            try await withTransport { transport in
                _ = try await transport.connectWebSocket(WebSocketRequest(url: url + "/exec", tls: tls))
            }
        }
        #expect(error == .webSocketRefused(status: 403, body: Array("no".utf8)))
        #expect(server.read(until: "\r\n\r\n")?.contains("GET /exec HTTP/1.1\r\n") == true)
    }
}
