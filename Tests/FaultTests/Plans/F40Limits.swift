import AIOpsAPI
import ClusterTesting
import Conversations
import FaultTesting
import JSON
import KubernetesClient
import KubernetesModel
import Primitives
import Testing

extension FaultClusterTests {
    /// At every limit of the server and of our own: just below it, at it, and beyond.
    @Suite(.timeLimit(.minutes(30))) struct F40Limits {
        /// Of all annotations of an object together, by the API server.
        private static let annotations = 256 << 10
        /// Of one object, by etcd.
        private static let etcd = 3 << 19

        /// A command that prints megabytes, an answer of megabytes.
        @Test func whatIsTooLongIsCutAndNothingIsRefusedForEver() async throws {
            let session = try FaultSession.current()
            // Megabytes through a redactor that was built to be debugged: 150 s on a quiet machine.
            let plan = FaultPlan("F40", .talkative, [], within: .seconds(900))
            let result = try await session.play(plan)
            #expect(result.violations.isEmpty, "\(result.violations.joined(separator: "\n"))")
            #expect(result.task.status.phase == .succeeded, "\(result.task.status.conditions)")
            expectNoRefusal(result)
        }

        /// Answers and outputs of as many bytes as a message keeps, some less and some more, of four bytes a character.
        @Test func aMessageIsCutAtItsLimitAndBetweenCharacters() async throws {
            let session = try FaultSession.current()
            let read = Locked<ConversationOfTask?>(nil)
            let result = try await session.play(
                FaultPlan("F40", .brimming, [], within: .seconds(600)),
                atTheEnd: { task in
                    let found = try await ConversationOfTask.read(task, session.cluster)
                    read.withLock { $0 = found }
                })
            #expect(result.violations.isEmpty, "\(result.violations.joined(separator: "\n"))")
            expectNoRefusal(result)
            let messages = try #require(read.withLock { $0 }).messages
            let answers = messages.filter { $0.role == .assistant }
            #expect(answers.count == ShopAgent.fillings.count + 1)
            for (turn, answer) in answers.enumerated() { expectCut(answer, of: ShopAgent.filling(turn)) }
            let outputs = messages.filter { $0.content.contains("🐳") && $0.role != .assistant }
            #expect(outputs.count == ShopAgent.fillings.count)
            for output in outputs {
                #expect(output.content.utf8.count <= ShopAgent.outputLimit && output.truncation == nil)
                #expect(!output.content.contains("\u{FFFD}"), "half a character")
            }
            // Both ways were gone.
            let cut = outputs.count { $0.content.contains(" bytes were left out here.") }
            #expect(cut > 0 && cut < outputs.count, "\(cut) of \(outputs.count)")
        }

        private func expectCut(_ answer: ConversationMessage, of said: String) {
            let (kept, limit) = (answer.content, ShopAgent.answerLimit)
            guard said.utf8.count > limit else {
                #expect(kept == said && answer.truncation == nil, "\(said.utf8.count) bytes fit")
                return
            }
            #expect(answer.truncation?.originalBytes == said.utf8.count)
            #expect(said.hasPrefix(kept) && kept.utf8.count > limit - 4 && kept.utf8.count <= limit)
        }

        /// Somebody fills the annotations to the last byte that the server takes, while the task runs.
        @Test func annotationsMayBeAsLongAsTheServerAllows() async throws {
            let session = try FaultSession.current()
            let key = "elsewhere.example.com/filling"
            let result = try await session.run(FaultPlan("F40", .detection, [])) { task in
                for (size, isTaken) in [
                    (Self.annotations - 1, true), (Self.annotations, true), (Self.annotations + 1, false),
                ] {
                    let value = JSONValue.string(String(repeating: "a", count: size - key.utf8.count))
                    do throws(KubernetesError) {
                        _ = try await session.cluster.client.patchDynamic(
                            AIOpsTask.resourceType, task.metadata.key,
                            .merge(["metadata": ["annotations": [key: value]]]))
                        #expect(isTaken, "\(size) bytes were taken")
                    } catch {
                        #expect(!isTaken && error.isUserError, "\(size) bytes: \(error)")
                    }
                }
            }
            #expect(result.violations.isEmpty, "\(result.violations.joined(separator: "\n"))")
            #expect(result.task.metadata.annotations[key]?.utf8.count == Self.annotations - key.utf8.count)
            expectNoRefusal(result)
        }

        /// A task so large that nothing more fits is told so seldom, and goes on as soon as there is room.
        @Test func aTaskWithoutRoomForItsStatusIsNoHotLoopAndGoesOnWithRoom() async throws {
            let session = try FaultSession.current()
            let watch = QuietWatch(session)
            let name = "f40-large-\(TestCluster.randomSuffix())"
            var request = Workload.detection.request(model: session.model.baseURL)
            request.spec = ["suspend": true]
            let task = try await session.cluster.apply(request, as: name, in: session.namespace)
            try await session.cluster.await(name, in: session.namespace, "is suspended") {
                $0.status.conditions.isTrue(.suspended)
            }
            let size = try await fill(task, session)
            #expect(size > Self.etcd - 2048, "\(size) bytes")
            let begin = try await session.rig.report().requests.last?.number ?? 0
            try await session.cluster.change(
                AIOpsTask.resourceType, name, in: session.namespace, spec: ["suspend": .null])
            // A try of such an object takes its time by itself: what counts is that the pauses grow.
            let pauses: [Double]
            do {
                pauses = try await eventually("the tries are far apart", every: .milliseconds(50)) {
                    let found = try await refusals(of: name, since: begin, session)
                    let pauses = zip(found, found.dropFirst()).map { $1.at - $0.at }
                    let isSlow = (pauses.last ?? 0) > 2 * (pauses.min() ?? 0) + 1.5
                    return isSlow ? .yes(pauses) : .notYet("\(found.count) tries, \(pauses)")
                }
            } catch {
                // Nobody else would let it go.
                try await set([], task, session)
                throw error
            }
            print("F40: \(size) bytes, refused, and tried again after \(pauses) s")
            #expect(pauses.count < 16)
            if Draw.isExhaustive {
                // Others do not wait for it.
                let other = try await session.play(FaultPlan("F40", .detection, []))
                #expect(other.violations.isEmpty, "\(other.violations.joined(separator: "\n"))")
            }
            try await set([], task, session)
            let ended = try await session.cluster.awaitCleanedUp(name, in: session.namespace)
            #expect(ended.status.phase == .succeeded, "\(ended.status.conditions)")
            watch.expectNoError(session)
            try await session.deleteIfThere(task, nil)
            try await session.cluster.awaitGone(task)
        }

        private func refusals(
            of name: String, since number: Int, _ session: FaultSession.Running
        ) async throws -> [JournalEntry] {
            try await session.rig.report(since: number).requests.filter {
                $0.isWrite && $0.resource == "aiopstasks" && $0.name == name && $0.status >= 400 && $0.status != 409
            }
        }

        /// Finalizers of somebody else, until not one more is taken; each is small beside a status.
        ///
        /// - Returns: bytes of the object then.
        private func fill(_ task: AIOpsTask, _ session: FaultSession.Running) async throws -> Int {
            let label = String(repeating: "a", count: 60)
            var (fits, tooMany) = (0, 8192)
            while tooMany - fits > 1 {
                let count = (fits + tooMany) / 2
                let names = (0..<count).map { JSONValue.string("\(label).\(label).\(label).\(label)/\($0)") }
                do throws(KubernetesError) {
                    try await set(names, task, session)
                    fits = count
                } catch {
                    guard case .transport = error.kind else {
                        tooMany = count
                        continue
                    }
                    throw error
                }
            }
            let names = (0..<fits).map { JSONValue.string("\(label).\(label).\(label).\(label)/\($0)") }
            try await set(names, task, session)
            return try await session.cluster.client.getDynamic(AIOpsTask.resourceType, task.metadata.key).value.text
                .utf8.count
        }

        private func set(
            _ names: [JSONValue], _ task: AIOpsTask, _ session: FaultSession.Running
        ) async throws(KubernetesError) {
            _ = try await session.cluster.client.patchDynamic(
                AIOpsTask.resourceType, task.metadata.key, .merge(["metadata": ["finalizers": .array(names)]]))
        }

        private func expectNoRefusal(_ result: PlanResult) {
            let refused = result.journal.filter { [413, 422].contains($0.status) }.map(\.description)
            #expect(refused.isEmpty)
            let largest = result.journal.filter(\.isWrite).map { $0.body?.text.utf8.count ?? 0 }.max() ?? 0
            #expect(largest < 1 << 20, "a write of \(largest) bytes")
        }
    }
}
