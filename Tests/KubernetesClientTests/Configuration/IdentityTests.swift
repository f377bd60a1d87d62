import HTTP
import HTTPTesting
import KubernetesClient
import LifecycleTesting
import Testing

/// What a request carries of who we are.
@Suite struct IdentityTests {
    private func get(_ rig: ClientRig) async throws { _ = try await rig.client.get(Widget.self, rig.key) }

    private func answer(_ rig: ClientRig) {
        rig.transport.otherwise { _ throws(HTTPError) in
            HTTPResponse(status: 200, bytes: Array(ClientRig.widget().utf8))
        }
    }

    @Test func nameAndPasswordAreBasicAuthentication() async throws {
        let rig = ClientRig(credential: .basic(username: "a", password: "b:ü"))
        answer(rig)
        try await get(rig)
        #expect(rig.transport.requests.first?.headers.first("Authorization") == "Basic YTpiOsO8")
    }

    @Test func impersonationIsSaidInItsHeaders() async throws {
        let rig = ClientRig {
            $0.impersonation = Impersonation(
                user: "jane", groups: ["dev", "ops"], uid: "u-1", extra: ["acme.com/Team ä": ["x", "y"]])
            $0.proxy = "http://proxy:3128"
        }
        answer(rig)
        try await get(rig)
        let request = try #require(rig.transport.requests.first)
        let said = request.headers.filter { $0.name.hasPrefix("Impersonate-") }.map { "\($0.name): \($0.value)" }
        #expect(
            said == [
                "Impersonate-User: jane", "Impersonate-Group: dev", "Impersonate-Group: ops", "Impersonate-Uid: u-1",
                "Impersonate-Extra-acme.com%2FTeam%20%C3%A4: x", "Impersonate-Extra-acme.com%2FTeam%20%C3%A4: y",
            ])
        #expect(request.proxy == "http://proxy:3128")
    }

    private func rotating(_ files: MemoryFiles) -> ClientRig {
        let rig = ClientRig(files: files) {
            $0.tls = TLSConfiguration(
                caPEM: Array("CA1".utf8), clientCertificatePEM: Array("C1".utf8), clientKeyPEM: Array("K1".utf8))
            $0.tlsFiles = TLSFiles(authority: "/ca", clientCertificate: "/c", clientKey: "/k")
        }
        answer(rig)
        return rig
    }

    private func shown(_ rig: ClientRig) -> String {
        let tls = rig.transport.requests.last?.tls
        return [tls?.caPEM, tls?.clientCertificatePEM, tls?.clientKeyPEM]
            .map { String(decoding: $0 ?? [], as: UTF8.self) }.joined(separator: " ")
    }

    @Test func certificatesAreReadAgainWhenTheyMayHaveChanged() async throws {
        let files = MemoryFiles(["/ca": "CA2", "/c": "C2", "/k": "K2"])
        let rig = rotating(files)
        rig.time.advance(by: .seconds(49))
        try await get(rig)
        #expect(shown(rig) == "CA1 C1 K1")
        #expect(files.reads(of: "/ca") == 0)
        rig.time.advance(by: .seconds(1))
        try await get(rig)
        try await get(rig)
        #expect(shown(rig) == "CA2 C2 K2")
        #expect(files.reads(of: "/ca") == 1)
    }

    /// Half a pair would lock us out; what is unreadable leaves what was there.
    @Test func certificateAndKeyChangeTogetherOrNotAtAll() async throws {
        let files = MemoryFiles(["/ca": "unreadable", "/c": "C2"])
        let rig = rotating(files)
        rig.time.advance(by: .seconds(60))
        try await get(rig)
        #expect(shown(rig) == "CA1 C1 K1")
        files.write("/k", "K2")
        rig.time.advance(by: .seconds(60))
        try await get(rig)
        #expect(shown(rig) == "CA1 C2 K2")
    }

    @Test(arguments: [401, 0])
    func aRefusalReadsCertificatesAgainOnce(_ status: Int) async throws {
        let files = MemoryFiles(["/ca": "CA1", "/c": "C1", "/k": "K1"])
        let rig = rotating(files)
        func refuse() {
            if status == 401 {
                rig.transport.expect("GET", "*", status: 401, body: ClientRig.status(401, "Unauthorized"))
            } else {
                rig.transport.expect("GET", "*", error: .tls("certificate expired"))
            }
        }
        refuse()
        await #expect(throws: KubernetesError.self) { try await get(rig) }
        #expect(rig.transport.requests.count == 1)
        files.write("/c", "C2")
        refuse()
        try await get(rig)
        #expect(shown(rig) == "CA1 C2 K1")
        #expect(rig.transport.requests.count == 3)
        refuse()
        await #expect(throws: KubernetesError.self) { try await get(rig) }
        #expect(rig.transport.requests.count == 4)
    }
}
