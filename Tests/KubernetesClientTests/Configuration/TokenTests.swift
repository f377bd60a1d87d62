import HTTP
import HTTPTesting
import KubernetesClient
import LifecycleTesting
import Testing

@Suite struct TokenTests {
    let files = MemoryFiles(["/token": "one\n"])

    private func sent(_ rig: ClientRig) -> [String] {
        rig.transport.requests.map { $0.headers.first("Authorization") ?? "-" }
    }

    private func get(_ rig: ClientRig) async throws { _ = try await rig.client.get(Widget.self, rig.key) }

    /// A minute, less the ten seconds by which a token is replaced early.
    @Test func aFileIsReadAgainBeforeItsTokenEnds() async throws {
        let rig = ClientRig(credential: .tokenFile("/token"), files: files)
        rig.transport.otherwise { _ throws(HTTPError) in
            HTTPResponse(status: 200, bytes: Array(ClientRig.widget().utf8))
        }
        try await get(rig)
        files.write("/token", "two")
        rig.time.advance(by: .seconds(49))
        try await get(rig)
        #expect(files.reads(of: "/token") == 1)
        rig.time.advance(by: .seconds(1))
        try await get(rig)
        #expect(sent(rig) == ["Bearer one", "Bearer one", "Bearer two"])
        // A file that goes away does not take the last good token with it.
        files.write("/token", nil)
        rig.time.advance(by: .seconds(61))
        try await get(rig)
        #expect(sent(rig).last == "Bearer two")
    }

    @Test func aRefusalReadsItAgainOnce() async throws {
        let rig = ClientRig(credential: .tokenFile("/token"), files: files)
        rig.transport.expect("GET", "*", body: ClientRig.widget())
        try await get(rig)
        files.write("/token", "two")
        rig.transport.expect("GET", "*", status: 401, body: ClientRig.status(401, "Unauthorized"))
        rig.transport.expect("GET", "*", body: ClientRig.widget())
        try await get(rig)
        #expect(sent(rig) == ["Bearer one", "Bearer one", "Bearer two"])
    }

    @Test func theSameTokenIsNotTriedTwice() async throws {
        let rig = ClientRig(credential: .tokenFile("/token"), files: files)
        rig.transport.otherwise { _ throws(HTTPError) in
            HTTPResponse(status: 401, bytes: Array(ClientRig.status(401, "Unauthorized").utf8))
        }
        let error = await #expect(throws: KubernetesError.self) { try await get(rig) }
        #expect(error?.isUserError == true)
        #expect(rig.transport.requests.count == 1)
    }

    @Test func noTokenSaysWhichFileIsMissing() async throws {
        let rig = ClientRig(credential: .tokenFile("/none"), files: files)
        let error = await #expect(throws: KubernetesError.self) { try await get(rig) }
        #expect(error?.description == "token file /none is missing or empty")
        #expect(rig.transport.requests.isEmpty)
    }
}
