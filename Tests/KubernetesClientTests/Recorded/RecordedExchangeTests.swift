import HTTP
import HTTPTesting
import JSON
import KubernetesClient
import KubernetesModel
import Primitives
import Testing

/// Each exchange with a real server, replayed: our request is the recorded one, and its answer means what it says here.
@Suite struct RecordedExchangeTests {
    @Test func everyRecordingIsUsed() {
        #expect(Transcript.allNames.count == 73)
        let recorded = Set(Transcript.allNames.map { String($0.split(separator: "/")[1]) })
        #expect(recorded == Set(RecordedCall.all.keys))
        #expect(Set(Transcript.allNames) == Set(RecordedOutcomes.all.keys))
    }

    @Test(arguments: Transcript.allNames)
    func theRequestIsTheRecordedOneAndItsAnswerIsUnderstood(_ name: String) async throws {
        let recorded = try Transcript(name)
        let call = try #require(RecordedCall.all[String(name.split(separator: "/")[1])])
        let rig = ClientRig(credential: .token("wrong"))
        for answer in call.prelude {
            rig.transport.expect(recorded.method, "*") { _ throws(HTTPError) in answer(recorded) }
        }
        rig.transport.expect(recorded.method, "*") { _ throws(HTTPError) in
            var headers = HTTPHeaders()
            for (field, value) in recorded.headers { headers.add(field, value) }
            return HTTPResponse(status: recorded.status, headers: headers, bytes: recorded.wireBody)
        }
        // What follows the recorded request, such as the next page, finds nothing more.
        rig.transport.otherwise { _ throws(HTTPError) in
            HTTPResponse(status: 200, bytes: RecordedCall.emptyPage(""))
        }
        let outcome: String
        do {
            outcome = try await call.perform(rig.client, recorded)
        } catch let error as KubernetesError {
            outcome = Self.summary(error)
        }
        #expect(outcome == RecordedOutcomes.all[name])
        let sent = try #require(rig.transport.requests.dropFirst(call.prelude.count).first)
        try compare(sent, recorded)
    }

    static func summary(_ error: KubernetesError) -> String {
        let kind = String("\(error.kind)".prefix { $0 != "(" })
        let causes = error.status?.details?.causes.map { "\($0.reason) \($0.field)" } ?? []
        let wait = error.retryAfter.map { " after \($0.wholeSeconds) s" } ?? ""
        let marks = (error.isResourceVersionTooLarge ? " future" : "") + (error.isPatchRejected ? " rejected" : "")
        return "\(kind)\(wait)\(marks) \(causes)"
    }

    /// All but host, credentials and the order of the query.
    private func compare(_ sent: HTTPRequest, _ recorded: Transcript) throws {
        #expect(sent.method == recorded.method)
        let ours = sent.url.dropFirst("https://api:6443".count).split(separator: "?", maxSplits: 1)
        let theirs = recorded.path.split(separator: "?", maxSplits: 1)
        #expect(ours[0] == theirs[0])
        #expect(query(ours) == query(theirs).union(missing(recorded)))
        if let contentType = recorded.notedContentType { #expect(sent.headers.first("Content-Type") == contentType) }
        // We may take more forms than were recorded; those must be among ours, in their order.
        let accepted = (sent.headers.first("Accept") ?? "").split(separator: ",")
        let wanted = (recorded.notedAccept ?? "").split(separator: ",")
        #expect(accepted.filter(wanted.contains) == wanted)
        #expect(try body(sent.body) == body(recorded.requestBody))
    }

    private func query(_ parts: [Substring]) -> Set<String> {
        let pairs = (parts.count > 1 ? parts[1] : "").split(separator: "&").map(String.init)
        let isWatch = pairs.contains("watch=1")
        // An empty parameter means none; the recorder bounded its lists by a time of its own.
        return Set(pairs.filter { !$0.hasSuffix("=") && (isWatch || !$0.hasPrefix("timeoutSeconds=")) })
    }

    /// What this request was recorded without, on purpose.
    private func missing(_ recorded: Transcript) -> Set<String> {
        recorded.name.hasSuffix("watchlist-bad") ? ["resourceVersionMatch=NotOlderThan"] : []
    }

    /// Without what a typed object adds (its namespace, which the path has) or drops (managed fields).
    private func body(_ bytes: [UInt8]) throws -> JSONValue {
        guard !bytes.isEmpty else { return .null }
        var value = try JSONValue(parsing: bytes)
        guard var metadata = value["metadata"]?.objectValue else { return value }
        metadata["namespace"] = nil
        metadata["managedFields"] = nil
        value["metadata"] = .object(metadata)
        return value
    }
}
