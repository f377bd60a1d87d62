import HTTP
import HTTPTesting
import JSON
import KubernetesClient
import KubernetesModel
import LifecycleTesting
import Primitives
import SchedulingTesting
import Telemetry
import Testing

@Suite(.ownThread, .timeLimit(.minutes(1))) struct RetryTests {
    let rig = ClientRig()
    private static let path = ClientRig.widgets + "/a"

    enum Failure: Sendable, CaseIterable {
        case busy, busyForLong, unavailableWithWait, unavailable, timeoutWithWait, notSent, reset, resetLate, refused,
            internalError
    }

    enum Verb: Sendable, CaseIterable { case get, create, update, apply, merge, delete, deleteByUID }

    private func expect(_ failure: Failure) {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            switch failure {
            case .busy: answer(method, 429, "TooManyRequests", wait: "1")
            case .busyForLong: answer(method, 429, "TooManyRequests", wait: "3600")
            case .unavailableWithWait: answer(method, 503, "ServiceUnavailable", wait: "1")
            case .unavailable: answer(method, 503, "ServiceUnavailable", wait: nil)
            case .timeoutWithWait: answer(method, 504, "Timeout", wait: "1")
            case .notSent: rig.transport.expect(method, "/*", error: .notSent(""))
            case .reset: rig.transport.expect(method, "/*", error: .reset(bytesSeen: false, ""))
            case .resetLate: rig.transport.expect(method, "/*", error: .reset(bytesSeen: true, ""))
            case .refused: rig.transport.expect(method, "/*", error: .connect("refused"))
            case .internalError: answer(method, 500, "InternalError", wait: nil)
            }
        }
    }

    private func answer(_ method: String, _ code: Int, _ reason: String, wait: String?) {
        rig.transport.expect(
            method, "/*", status: code, headers: wait.map { ["Retry-After": $0] } ?? [:],
            body: ClientRig.status(code, reason))
    }

    private func perform(_ verb: Verb) async throws {
        var widget = Widget("a")
        switch verb {
        case .get: _ = try await rig.client.get(Widget.self, rig.key)
        case .create: _ = try await rig.client.create(widget)
        case .update:
            widget.metadata.resourceVersion = "4"
            _ = try await rig.client.update(widget)
        case .apply: _ = try await rig.client.patch(Widget.self, rig.key, .apply([:], force: true))
        case .merge: _ = try await rig.client.patch(Widget.self, rig.key, .merge([:]))
        case .delete: try await rig.client.delete(Widget.resourceType, rig.key)
        case .deleteByUID: try await rig.client.delete(Widget.resourceType, rig.key, DeleteOptions(uid: "u1"))
        }
    }

    /// Which failures are followed by a second try: all reads and harmless writes may, others only after a refusal or when
    /// nothing had been sent.
    private static func isRepeated(_ failure: Failure, _ verb: Verb) -> Bool {
        let isHarmless = [.get, .update, .apply, .deleteByUID].contains(verb)
        return switch failure {
        case .busy, .notSent: true
        case .unavailableWithWait, .unavailable, .timeoutWithWait, .reset: isHarmless
        case .busyForLong, .resetLate, .refused, .internalError: false
        }
    }

    @Test(arguments: Failure.allCases, Verb.allCases)
    func onlyWhatIsHarmlessIsRepeated(_ failure: Failure, _ verb: Verb) async throws {
        expect(failure)
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            rig.transport.expect(method, "/*", body: ClientRig.widget())
        }
        let isRepeated = Self.isRepeated(failure, verb)
        let outcome = await withTaskGroup(of: Bool.self) { group in
            group.addTask { [self] in
                do {
                    try await perform(verb)
                    return true
                } catch { return false }
            }
            if isRepeated { await rig.time.advance(by: .seconds(1), afterSleepers: 1) }
            return await group.next() ?? false
        }
        #expect(outcome == isRepeated)
        #expect(rig.transport.requests.count == (isRepeated ? 2 : 1))
        #expect(rig.time.sleeperCount == 0)
    }

    /// Also where a busy server says that it may be asked again at once.
    @Test(arguments: [nil, "0"]) func fiveRepeatsAreTheLimitAndTheWaitsGrow(said: String?) async throws {
        rig.transport.otherwise { _ throws(HTTPError) in
            guard let said else { throw .reset(bytesSeen: false, "") }
            let busy = ClientRig.status(429, "TooManyRequests")
            return HTTPResponse(status: 429, headers: ["Retry-After": said], bytes: Array(busy.utf8))
        }
        let isOver = Locked(false)
        let waits = await withTaskGroup(of: Bool.self) { group in
            group.addTask { [self] in
                defer { isOver.withLock { $0 = true } }
                do {
                    _ = try await rig.client.get(Widget.self, rig.key)
                    return true
                } catch { return false }
            }
            var waits: [Duration] = []
            for _ in 0..<5 {
                while rig.time.sleeperCount == 0, !isOver.withLock({ $0 }) { await Task.yield() }
                let wait = rig.time.untilNextWake ?? .zero
                waits.append(wait)
                rig.time.advance(by: wait)
            }
            #expect(await group.next() == false)
            return waits
        }
        #expect(rig.transport.requests.count == 6)
        for (step, wait) in waits.enumerated() {
            let ceiling = Duration.milliseconds(100) * (1 << step)
            #expect(wait <= ceiling && wait >= ceiling / 2)
        }
        #expect(rig.metrics.prometheusText().contains("rest_client_request_retries_total"))
    }

    @Test func theServersWaitIsObeyed() async throws {
        answer("GET", 429, "TooManyRequests", wait: "7")
        rig.transport.expect("GET", "/*", body: ClientRig.widget())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [self] in _ = try await rig.client.get(Widget.self, rig.key) }
            await rig.time.waitForSleepers(1)
            #expect(rig.time.untilNextWake == .seconds(7))
            rig.time.advance(by: .seconds(7))
            try await group.next()
        }
    }

    @Test func cancellationEndsTheWait() async throws {
        answer("GET", 429, "TooManyRequests", wait: "7")
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { [self] in
                do throws(KubernetesError) {
                    _ = try await rig.client.get(Widget.self, rig.key)
                    return false
                } catch { return error.isCancelled }
            }
            await rig.time.waitForSleepers(1)
            group.cancelAll()
            #expect(await group.next() == true)
        }
        #expect(rig.transport.requests.count == 1)
    }
}
