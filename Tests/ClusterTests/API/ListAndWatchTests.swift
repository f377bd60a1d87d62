import JSON
import KubernetesClient
import KubernetesModel
import Testing

@Suite(.timeLimit(.minutes(2))) struct ListAndWatchTests {
    private static func fill(_ client: KubernetesClient, _ namespace: String, _ count: Int) async throws {
        for number in 0..<count {
            _ = try await client.create(
                ConfigMap(
                    metadata: ObjectMeta(
                        name: "m\(number)", namespace: namespace, labels: ["parity": number % 2 == 0 ? "even" : "odd"]))
            )
        }
    }

    /// Names of ours; newer servers put a ConfigMap of their own into each namespace.
    private static func ours(_ list: ResourceList<ConfigMap>) -> [String] {
        list.items.map(\.metadata.name).filter { $0.hasPrefix("m") }
    }

    @Test func pagesMakeOneList() async throws {
        try await LiveCluster.api.with { client, namespace in
            try await Self.fill(client, namespace, 7)
            let whole = try await client.list(ConfigMap.self, namespace: namespace)
            for size in [1, 3, 7, 100] {
                let paged = try await client.list(
                    ConfigMap.self, namespace: namespace, options: ListOptions(pageSize: size))
                #expect(paged.items == whole.items)
            }
            let odd = try await client.list(
                ConfigMap.self, namespace: namespace, options: ListOptions(labels: LabelSelector(["parity": "odd"])))
            #expect(Self.ours(odd) == ["m1", "m3", "m5"])
            let one = try await client.list(
                ConfigMap.self, namespace: namespace, options: ListOptions(fieldSelector: "metadata.name=m4"))
            #expect(Self.ours(one) == ["m4"])
            let dynamic = try await client.listDynamic(.configMaps, namespace: namespace)
            #expect(dynamic.items.allSatisfy { $0.kind == "ConfigMap" && $0.apiVersion == "v1" })
        }
    }

    @Test func aVersionOfTheFutureIsTooLarge() async throws {
        try await LiveCluster.api.with { client, namespace in
            let error = await #expect(throws: KubernetesError.self) {
                try await client.list(
                    ConfigMap.self, namespace: namespace,
                    options: ListOptions(resourceVersion: "999999999", versionMatch: .notOlderThan))
            }
            #expect(error?.isResourceVersionTooLarge == true)
        }
    }

    @Test func aWatchShowsWhatHappensInOrderAndEndsByItself() async throws {
        try await LiveCluster.api.with { client, namespace in
            let list = try await client.list(ConfigMap.self, namespace: namespace)
            let stream = try await client.watch(
                ConfigMap.self, namespace: namespace,
                options: WatchOptions(resourceVersion: list.resourceVersion, labelSelector: "parity", timeoutSeconds: 5)
            )
            try await Self.fill(client, namespace, 2)
            let key = ObjectKey(namespace: namespace, name: "m0")
            _ = try await client.patch(ConfigMap.self, key, .merge(["data": ["k": "ü🐳"]]))
            try await client.delete(.configMaps, key)
            var seen: [String] = []
            var version = list.resourceVersion
            for try await event in stream {
                switch event {
                case .added(let map): (seen, version) = (seen + ["+" + map.key.name], map.metadata.resourceVersion)
                case .modified(let map): seen.append("~" + map.key.name + (map.data["k"] ?? ""))
                case .deleted(let map): (seen, version) = (seen + ["-" + map.key.name], map.metadata.resourceVersion)
                case .bookmark(let mark, _): version = mark
                case .error(let status): Issue.record("\(status)")
                }
            }
            #expect(seen == ["+m0", "+m1", "~m0ü🐳", "-m0"])

            // The next connection goes on where this one stopped: nothing is lost and nothing comes twice.
            try await client.delete(.configMaps, ObjectKey(namespace: namespace, name: "m1"))
            let resumed = try await client.watch(
                ConfigMap.self, namespace: namespace,
                options: WatchOptions(resourceVersion: version, labelSelector: "parity", timeoutSeconds: 2))
            var later: [String] = []
            for try await event in resumed { if case .deleted(let map) = event { later.append(map.key.name) } }
            #expect(later == ["m1"])
        }
    }

    /// The cache of a kind begins when the kind does, so the first version of all is too old for it.
    @Test func aVersionThatIsGoneIsSaidSo() async throws {
        try await LiveCluster.api.with { client, namespace in
            let kind = TestKind()
            try await kind.with(client) {
                var isExpired = false
                do throws(KubernetesError) {
                    let stream = try await client.watchDynamic(
                        kind.type, namespace: namespace, options: WatchOptions(resourceVersion: "1", timeoutSeconds: 3))
                    var iterator = stream.makeAsyncIterator()
                    if case .error(let status) = try await iterator.next() {
                        isExpired = KubernetesError(Operation(verb: "watch"), status: status).isExpired
                    }
                } catch {
                    isExpired = error.isExpired
                }
                #expect(isExpired)
            }
        }
    }

    @Test func aCancelledWatchReturnsAtOnce() async throws {
        try await LiveCluster.api.with { client, namespace in
            let list = try await client.list(ConfigMap.self, namespace: namespace)
            let stream = try await client.watch(
                ConfigMap.self, namespace: namespace, options: WatchOptions(resourceVersion: list.resourceVersion))
            await withTaskGroup(of: Bool.self) { group in
                group.addTask {
                    do throws(KubernetesError) {
                        for try await _ in stream {}
                        return false
                    } catch { return error.isCancelled }
                }
                await Task.yield()
                group.cancelAll()
                #expect(await group.next() == true)
            }
        }
    }

    @Test func manyRequestsAtOnce() async throws {
        try await LiveCluster.api.with { client, namespace in
            try await Self.fill(client, namespace, 3)
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        Self.ours(try await client.list(ConfigMap.self, namespace: namespace)).count
                    }
                }
                for try await count in group { #expect(count == 3) }
            }
        }
    }
}
