import CurlTransport
import HTTP
import HTTPTesting
import Testing

@testable import CurlTransport

@Suite(.timeLimit(.minutes(1))) struct LinkLocalTests {
    @Test(arguments: [
        "169.254.169.254", "169.254.0.1", "2852039166", "0xa9fea9fe", "0251.254.1", "[fe80::1]", "[febf::1%25eth0]",
        "[::ffff:169.254.169.254]", "[::169.254.1.1]", "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::1]",
    ])
    func writtenOutInAnySpelling(host: String) async throws {
        #expect(LinkLocal.isWrittenOut(host))
        let error = await #expect(throws: HTTPError.self) {
            try await withTransport { transport in
                _ = try await transport.send(HTTPRequest(url: "http://\(host)/", refusesLinkLocal: true))
            }
        }
        #expect(error?.isRefusedAddress == true, "\(String(describing: error))")
        #expect(error?.isRetryable == false)
        #expect(error?.fate == .notSent)
    }

    @Test(arguments: [
        "127.0.0.1", "169.253.255.255", "169.255.0.0", "feature.example.com", "fe80.example.com", "[fec0::1]", "[::1]",
        "[::ffff:10.0.0.1]", "169.254.example.com", "",
    ])
    func othersAreNot(host: String) {
        #expect(!LinkLocal.isWrittenOut(host))
    }

    /// A name is refused for what it stands for, at the moment of connecting; the others of its addresses may be used.
    @Test(arguments: ["169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]", "169.254.0.1,[fe80::2]"])
    func nameThatStandsForOneIsRefused(addresses: String) async throws {
        let error = await #expect(throws: HTTPError.self) {
            try await withTransport {
                $0.resolutions = ["metadata.test:80:\(addresses)"]
            } _: { transport in
                _ = try await transport.send(HTTPRequest(url: "http://metadata.test/", refusesLinkLocal: true))
            }
        }
        #expect(error?.isRefusedAddress == true, "\(String(describing: error))")
        #expect(error?.isUserError == true)
    }

    @Test func otherAddressesOfTheNameAreUsed() async throws {
        let server = try RawServer { connection in
            while connection.readHead() != nil { connection.respond("x") }
        }
        let status = try await withTransport {
            $0.resolutions = ["mixed.test:\(server.port):169.254.0.1,127.0.0.1"]
        } _: { transport in
            try await transport.send(
                HTTPRequest(url: "http://mixed.test:\(server.port)/", refusesLinkLocal: true)
            ).status
        }
        #expect(status == 200)
    }

    /// Another request may have opened the connection, one that does not mind.
    @Test func keptConnectionIsRefusedAsWell() async throws {
        let link = try NetworkLink()
        let server = try link.serve { connection in
            while connection.readHead() != nil { connection.respond("credentials") }
        }
        try await withTransport {
            $0.resolutions = ["metadata.test:\(server.port):\(link.peerAddress)"]
        } _: { transport in
            let url = "http://metadata.test:\(server.port)/"
            let before = try await transport.send(HTTPRequest(url: url)).status
            let error = await #expect(throws: HTTPError.self) {
                _ = try await transport.send(HTTPRequest(url: url, refusesLinkLocal: true))
            }
            #expect(error?.isRefusedAddress == true, "\(String(describing: error))")
            let after = try await transport.send(HTTPRequest(url: url)).status
            #expect(before == 200 && after == 200)
        }
        withExtendedLifetime(link) {}
    }
}

extension HTTPError {
    fileprivate var isRefusedAddress: Bool { if case .refusedAddress = self { true } else { false } }
}
