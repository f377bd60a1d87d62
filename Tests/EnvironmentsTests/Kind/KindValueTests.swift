import Environments
import JSON
import Testing

struct KindValueTests {
    // MARK: Progress

    private static let stream = """
        Creating cluster "t1" ...
         • Ensuring node image (aiops-kind-node:v1.20.2) 🖼  ...
         ✓ Ensuring node image (aiops-kind-node:v1.20.2) 🖼
         • Preparing nodes 📦   ...
         ✓ Preparing nodes 📦 
         • Writing configuration 📜  ...
         ✓ Writing configuration 📜
         • Starting control-plane 🕹️  ...
         ✓ Starting control-plane 🕹️
         • Waiting ≤ 2m0s for control-plane = Ready ⏳  ...
         ✓ Waiting ≤ 2m0s for control-plane = Ready ⏳
         • Ready after 14s 💚
        Set kubectl context to "kind-t1"

        """

    @Test(arguments: [1, 2, 3, 7, 64, 4096]) func stepsAreReadHoweverTheStreamIsCut(_ size: Int) {
        var progress = KindProgress()
        let bytes = Array(Self.stream.utf8)
        let steps = stride(from: 0, to: bytes.count, by: size).flatMap {
            progress.take(Array(bytes[$0..<min($0 + size, bytes.count)]))
        }
        #expect(
            steps == [
                "ensuring node image (aiops-kind-node:v1.20.2)", "preparing nodes", "writing configuration",
                "starting control-plane", "waiting 2m0s for control-plane = Ready",
            ])
    }

    @Test func aLineThatNeverEndsIsNotKept() {
        var progress = KindProgress()
        for _ in 0..<1000 { #expect(progress.take([UInt8](repeating: 0x20, count: 10_000)).isEmpty) }
        #expect(progress.take(Array("\n • Writing configuration ...\n".utf8)) == ["writing configuration"])
    }

    // MARK: Version

    @Test(arguments: [
        ("kind v0.27.0 go1.24.4 linux/amd64\n", "0.27"), ("kind v0.33.0 go1.25 linux/arm64", "0.33"),
        ("kind v1.0.0-alpha+x go2 linux/amd64", "1.0"),
    ])
    func aVersionIsRead(_ output: String, _ version: String) {
        #expect(KindVersion(output: output)?.description == version)
        #expect(KindVersion(output: output)?.isSupported == true)
    }

    @Test(arguments: ["", "kind", "kind v", "kind v0", "kind vx.y", "docker v0.27.0", "0.27.0", "kind v-1.-2"])
    func anythingElseIsNone(_ output: String) { #expect(KindVersion(output: output) == nil) }

    @Test func anOldVersionIsNotSupported() {
        #expect(KindVersion(output: "kind v0.9.0 go1.15")?.isSupported == false)
    }

    // MARK: Configuration

    private static func parsed(_ config: String?, workers: Int = 0) throws -> JSONValue {
        try JSONValue(parsing: Array(KindConfiguration.text(config, workers: workers).utf8))
    }

    @Test func aConfigurationIsCompleted() throws {
        let plain: JSONValue = ["kind": "Cluster", "apiVersion": "kind.x-k8s.io/v1alpha4"]
        #expect(try Self.parsed(nil) == plain)
        #expect(try Self.parsed("  \n") == plain)
        let text = "kind: Cluster\nnetworking:\n  apiServerPort: -1\n"
        let made = try Self.parsed(text, workers: 2)
        #expect(made["networking"]?["apiServerPort"] == -1)
        #expect(made["nodes"] == [["role": "control-plane"], ["role": "worker"], ["role": "worker"]])
    }

    @Test(arguments: [
        ("kind: Pod", 0), ("apiVersion: v1", 0), ("- a", 0), ("a: [", 0), ("nodes:\n- role: control-plane", 1),
    ])
    func whatIsNoneIsRefused(_ config: String, _ workers: Int) {
        #expect {
            try KindConfiguration.text(config, workers: workers)
        } throws: { error in
            guard case .invalidConfiguration? = error as? KindError else { return false }
            return (error as? KindError)?.isUserError == true
        }
    }

    // MARK: Settings

    @Test func onlyWhatLeadsToTheEngineIsHandedOn() {
        let process = [
            "PATH": "/bin", "OPENAI_API_KEY": "k", "DOCKER_HOST": "unix:///a", "HTTP_PROXY": "p", "KUBECONFIG": "/k",
        ]
        #expect(KindSettings.environment(of: process) == ["PATH": "/bin", "DOCKER_HOST": "unix:///a"])
        #expect(KindSettings.environment(of: process, dockerHost: "tcp://b")["DOCKER_HOST"] == "tcp://b")
    }

    // MARK: Permits

    @Test func neverMoreThanSoManyHoldAPermitAndNobodyWaitsForAFreeOne() {
        var line = PermitLine(most: 2)
        var (held, waiting): ([UInt64], [UInt64]) = ([], [])
        var state: UInt64 = 7
        for _ in 0..<5000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1
            switch state >> 60 {
            case 0...6:
                let (ticket, goesAhead) = line.join()
                if goesAhead { held.append(ticket) } else { waiting.append(ticket) }
            case 7...12 where !held.isEmpty:
                held.removeFirst()
                if let next = line.leave() {
                    #expect(waiting.first == next)
                    waiting.removeFirst()
                    held.append(next)
                }
            case 13... where !waiting.isEmpty:
                let gaveUp = line.giveUp(waiting.removeLast())
                #expect(gaveUp)
            default:
                for ticket in held {
                    let gaveUp = line.giveUp(ticket)
                    #expect(!gaveUp)
                }
            }
            #expect(held.count <= 2)
            #expect(waiting.isEmpty || held.count == 2)
        }
    }

    // MARK: What is left to do

    /// A world in which the process dies after any step and another begins anew.
    @Test(arguments: [(false, false), (false, true), (true, false), (true, true)], 0...5)
    func aHalfMadeClusterIsNeverUsed(_ before: (wasRecorded: Bool, wasThere: Bool), _ deathAfter: Int) {
        let (wasRecorded, wasThere) = before
        // A cluster that is there without a record may have been half made.
        var (cluster, record): (isWhole: Bool?, of: Int?) = (wasThere ? wasRecorded : nil, wasRecorded ? 0 : nil)
        var (number, isFirst, used) = (0, true, false)
        while !used {
            let steps = KindProvision.steps(isRecorded: record != nil, exists: cluster != nil)
            for (index, step) in steps.enumerated() {
                if isFirst, index == deathAfter { break }
                switch step {
                case .forget: record = nil
                case .delete:
                    #expect(record == nil, "a record outlives its cluster")
                    cluster = nil
                case .create:
                    #expect(cluster == nil && record == nil)
                    number += 1
                    cluster = isFirst && index == deathAfter - 1 ? false : true
                case .record: record = number
                case .adopt: #expect(cluster == true && record == number, "a cluster is used that was not made whole")
                }
                if index == steps.count - 1 { used = !isFirst || deathAfter > index }
            }
            isFirst = false
        }
        #expect(cluster == true && record == number)
    }
}
