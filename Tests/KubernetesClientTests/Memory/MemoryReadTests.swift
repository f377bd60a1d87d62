import HTTP
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import Testing

@Suite struct MemoryReadTests {
    let rig = MemoryRig()

    private func fill(_ count: Int) async throws {
        for number in 0..<count {
            var widget = Widget("w\(number)", size: Int64(number))
            widget.metadata.labels = ["parity": number % 2 == 0 ? "even" : "odd"]
            _ = try await rig.client.create(widget)
        }
    }

    @Test func selectorsChoose() async throws {
        try await fill(5)
        let odd = try await rig.client.list(
            Widget.self, namespace: "default", options: ListOptions(labels: LabelSelector(["parity": "odd"])))
        #expect(odd.items.map(\.metadata.name) == ["w1", "w3"])
        let named = try await rig.client.list(Widget.self, options: ListOptions(fieldSelector: "metadata.name=w4"))
        #expect(named.items.map(\.size) == [4])
        #expect(named.resourceVersion == rig.server.resourceVersion)
    }

    @Test func pagesAreOneConsistentStateEvenWhenTheTokenEnds() async throws {
        try await fill(5)
        let paged = try await rig.client.list(Widget.self, options: ListOptions(pageSize: 2))
        #expect(paged.items.count == 5)
        #expect(rig.server.calls.filter { $0.verb == "list" }.count == 3)
        rig.server.forgetCalls()
        // Between the first page and the second, history goes.
        let (server, first) = (rig.server, rig.server.resourceVersion)
        server.inject(.answer(Status(code: 410, reason: "Expired", message: "too old"))) { $0.query["continue"] != nil }
        let restarted = try await rig.client.list(Widget.self, options: ListOptions(pageSize: 2))
        #expect(restarted.items.count == 5)
        #expect(restarted.resourceVersion == first)
        let lists = server.calls.filter { $0.verb == "list" }
        #expect(lists.count == 3)
        #expect(lists.last?.query["limit"] == nil)
        #expect(lists.last?.query["continue"] == nil)
    }

    @Test func aVersionInTheFutureIsTooLarge() async throws {
        let error = await #expect(throws: KubernetesError.self) {
            try await rig.client.list(
                Widget.self, options: ListOptions(resourceVersion: "99999", versionMatch: .notOlderThan))
        }
        #expect(error?.isResourceVersionTooLarge == true)
        #expect(error?.isRetryable == true)
    }

    @Test func aWatchSeesEveryChangeOnceAndInOrder() async throws {
        try await fill(1)
        let list = try await rig.client.list(Widget.self)
        _ = try await rig.client.create(Widget("early"))
        let stream = try await rig.client.watch(
            Widget.self, options: WatchOptions(resourceVersion: list.resourceVersion))
        _ = try await rig.client.patch(Widget.self, rig.key("early"), .merge(["spec": ["size": 7]]))
        try await rig.client.delete(Widget.resourceType, rig.key("early"))
        rig.server.sendBookmarks()
        rig.server.endWatches()
        var seen: [String] = []
        for try await event in stream {
            switch event {
            case .added(let widget): seen.append("+\(widget.metadata.name)")
            case .modified(let widget): seen.append("~\(widget.metadata.name)=\(widget.size)")
            case .deleted(let widget): seen.append("-\(widget.metadata.name)")
            case .bookmark(let version, let ends):
                seen.append("bookmark")
                #expect(version == rig.server.resourceVersion)
                #expect(!ends)
            case .error(let status): Issue.record("\(status)")
            }
        }
        #expect(seen == ["+early", "~early=7", "-early", "bookmark"])
        #expect(rig.server.watchCount == 0)
    }

    @Test func aWatchWithASelectorSeesObjectsComeAndGo() async throws {
        let stream = try await rig.client.watch(
            Widget.self,
            options: WatchOptions(resourceVersion: rig.server.resourceVersion, labelSelector: "parity=even"))
        try await fill(2)
        _ = try await rig.client.patch(Widget.self, rig.key("w1"), .merge(["metadata": ["labels": ["parity": "even"]]]))
        _ = try await rig.client.patch(Widget.self, rig.key("w0"), .merge(["metadata": ["labels": ["parity": "odd"]]]))
        rig.server.endWatches()
        var seen: [String] = []
        for try await event in stream {
            switch event {
            case .added(let widget): seen.append("+\(widget.metadata.name)")
            case .deleted(let widget): seen.append("-\(widget.metadata.name)")
            default: Issue.record("\(event)")
            }
        }
        #expect(seen == ["+w0", "+w1", "-w0"])
    }

    @Test func aForgottenVersionIsAnErrorEvent() async throws {
        let old = rig.server.resourceVersion
        try await fill(3)
        rig.server.compact()
        let stream = try await rig.client.watch(Widget.self, options: WatchOptions(resourceVersion: old))
        var events: [WatchEvent<Widget>] = []
        for try await event in stream { events.append(event) }
        guard case .error(let status) = events.first else { return #expect(Bool(false), "\(events)") }
        #expect(status.code == 410)
        #expect(events.count == 1)
    }

    @Test func aStreamingListEndsWithItsMark() async throws {
        try await fill(2)
        let stream = try await rig.client.watch(Widget.self, options: WatchOptions(sendInitialEvents: true))
        rig.server.endWatches()
        var names: [String] = []
        var isMarked = false
        for try await event in stream {
            switch event {
            case .added(let widget): names.append(widget.metadata.name)
            case .bookmark(_, let ends): isMarked = ends
            default: Issue.record("\(event)")
            }
        }
        #expect(names == ["w0", "w1"])
        #expect(isMarked)
        rig.server.serveInitialEvents(false)
        let error = await #expect(throws: KubernetesError.self) {
            try await rig.client.watch(Widget.self, options: WatchOptions(sendInitialEvents: true))
        }
        #expect(error?.isUserError == true)
    }

    @Test func aLostReplyIsNotALostWrite() async throws {
        rig.server.inject(.loseReply(.reset(bytesSeen: false, "cut"))) { $0.verb == "create" }
        let error = await #expect(throws: KubernetesError.self) { try await rig.client.create(Widget("a")) }
        guard case .transport(.reset) = error?.kind else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(rig.server.object(Widget.resourceType, rig.key("a")) != nil)
        #expect(rig.server.writes.count == 1)
    }

    @Test func reactionsStandInForTheClustersControllers() async throws {
        rig.server.react(to: Widget.resourceType) { widget, cluster in
            var done = widget
            done["status"] = ["reported": widget["spec"]?["size"] ?? 0]
            cluster.put(Widget.resourceType, done)
        }
        let made = try await rig.client.create(Widget("a", size: 3))
        let read = try await rig.client.get(Widget.self, rig.key("a"))
        #expect(read.reported == 3)
        #expect(ResourceVersion.isNewer(read.metadata.resourceVersion, than: made.metadata.resourceVersion))
    }

    @Test func discoveryLogsAndExec() async throws {
        #expect(try await rig.client.serves(Widget.resourceType))
        #expect(try await rig.client.serves(.deployments))
        #expect(try await !rig.client.serves(ResourceType(group: "no.dev", version: "v1", kind: "No", plural: "nos")))
        #expect(try await rig.client.resourceType(apiVersion: "test.dev/v1", kind: "Widget") == Widget.resourceType)
        #expect(try await rig.client.serverVersion().minor == 36)
        rig.server.put(Pod(metadata: ObjectMeta(name: "p", namespace: "default")))
        rig.server.serveLogs { pod, container in "\(pod) \(container ?? "-")" }
        let log = try await rig.client.logs(rig.key("p"), LogOptions(container: "main"))
        #expect(String(decoding: log, as: UTF8.self) == "default/p main")
        rig.server.serveExec { call in .init(stdout: call.command.joined(separator: "|"), stderr: "e", exitCode: 3) }
        let result = try await rig.client.exec(rig.key("p"), ExecRequest(command: ["echo", "a b&c"]))
        #expect(String(decoding: result.stdout, as: UTF8.self) == "echo|a b&c")
        #expect(result.exitCode == 3)
        let error = await #expect(throws: KubernetesError.self) {
            try await rig.client.exec(rig.key("none"), ExecRequest(command: ["true"]))
        }
        #expect(error?.isNotFound == true)
    }
}
