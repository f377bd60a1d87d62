import ControllerRuntime
import JSON
import KubernetesModel
import Testing

struct StatusIntentTests {
    private static func status(_ phase: String, ready: String, at time: String, note: String = "") -> JSONValue {
        [
            "phase": .string(phase),
            "conditions": [
                [
                    "type": "Ready", "status": .string(ready), "lastTransitionTime": .string(time),
                    "message": .string(note),
                ]
            ],
        ]
    }

    private static let was = status("Running", ready: "False", at: "2026-01-01T00:00:00Z")

    @Test(arguments: [
        was,
        // The very same, stamped anew: what would begin a storm.
        status("Running", ready: "False", at: "2026-01-01T00:00:09Z"),
    ])
    func whatMeansTheSameIsNotWritten(status: JSONValue) {
        #expect(Intent.status(of: Widget("x", version: 7), from: Self.was, to: status) == nil)
    }

    @Test(arguments: [
        (
            status("Running", ready: "True", at: "2026-01-01T00:00:09Z"), "2026-01-01T00:00:09Z"
        ),
        (
            status("Running", ready: "False", at: "2026-01-01T00:00:09Z", note: "more"), "2026-01-01T00:00:00Z"
        ),
    ])
    func transitionTimeMovesOnlyWithTheStatus(status: JSONValue, time: String) throws {
        let intent = try #require(Intent.status(of: Widget("x", version: 7), from: Self.was, to: status))
        guard case .mergePatch(_, let key, let uid, let version, let patch, let subresource) = intent else {
            Issue.record("not a merge patch: \(intent)")
            return
        }
        #expect(key.name == "x" && uid == "uid-x" && version == "7" && subresource == "status")
        #expect(patch["status"]?["phase"] == nil, "only what differs is sent")
        #expect(patch["status"]?["conditions"]?[0]?["lastTransitionTime"]?.stringValue == time)
    }
}
