import Primitives
import Testing

@testable import KubernetesClient

@Suite struct ExecChannelsTests {
    private func run(_ messages: [[UInt8]], limit: Int = 100) -> ExecResult {
        var channels = ExecChannels(outputLimit: limit)
        for message in messages { channels.receive(message) }
        return channels.finish(timedOut: false, interruption: "cut")
    }

    private func status(_ text: String) -> [UInt8] { [3] + Array(text.utf8) }

    @Test func channelsAreKeptApart() {
        let result = run([
            [1], [2], [1, 65], [2, 66], [1, 67], [9, 1], [], status(#"{"metadata":{},"status":"Success"}"#),
        ])
        #expect(result.stdout == [65, 67])
        #expect(result.stderr == [66])
        #expect(result.exitCode == 0)
        #expect(result.succeeded)
        #expect(result.failure == nil)
    }

    @Test(arguments: [
        (
            #"{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"137"}]}}"#,
            Int32(137) as Int32?, nil as String?
        ),
        (#"{"status":"Failure","reason":"InternalError","message":"no such file"}"#, nil, "no such file"),
        (#"{"status":"Failure","reason":"NonZeroExitCode"}"#, nil, "NonZeroExitCode"),
        (
            #"{"status":"Failure","reason":"NonZeroExitCode","message":"m","details":{"causes":[{"reason":"ExitCode","message":"99999999999"}]}}"#,
            nil, "m"
        ),
    ])
    func theStatusTellsTheExitCode(_ text: String, _ code: Int32?, _ failure: String?) {
        let result = run([status(text)])
        #expect(result.exitCode == code)
        #expect(result.failure == failure)
        #expect(!result.succeeded)
    }

    @Test func withoutAStatusThereIsNoExitCode() {
        #expect(run([[1, 65]]).failure == "cut")
        #expect(run([[1, 65]]).exitCode == nil)
        #expect(run([status("{")]).failure?.hasPrefix("unreadable exec status") == true)
    }

    @Test(arguments: [0, 1, 2, 10, 100], [1, 3, 64])
    func headAndTailAreKeptAndTheRestIsCounted(_ limit: Int, _ piece: Int) {
        let bytes = (0..<250).map { UInt8($0) }
        var buffer = HeadTailBuffer(limit: limit)
        for start in stride(from: 0, to: bytes.count, by: piece) {
            buffer.append(bytes[start..<min(start + piece, bytes.count)])
        }
        let (kept, dropped) = buffer.finish()
        #expect(kept.count == limit)
        #expect(kept.count + dropped == bytes.count)
        #expect(kept == Array(bytes.prefix(limit / 2) + bytes.suffix(limit - limit / 2)))
    }

    @Test func whatFitsIsWhole() {
        var buffer = HeadTailBuffer(limit: 10)
        buffer.append([1, 2, 3, 4, 5, 6, 7])
        let (kept, dropped) = buffer.finish()
        #expect(kept == [1, 2, 3, 4, 5, 6, 7])
        #expect(dropped == 0)
    }

    @Test func inputIsCutAndItsEndToldWhereTheProtocolCan() {
        let bytes = [UInt8](repeating: 7, count: 70_000)
        let v5 = ExecChannels.stdin(bytes, subprotocol: "v5.channel.k8s.io")
        #expect(v5.count == 4)
        #expect(v5.dropLast().flatMap { $0.dropFirst() } == bytes)
        #expect(v5.dropLast().allSatisfy { $0.first == 0 })
        #expect(v5.last == [255, 0])
        #expect(ExecChannels.stdin(bytes, subprotocol: "v4.channel.k8s.io").count == 3)
        #expect(ExecChannels.stdin([], subprotocol: "v5.channel.k8s.io") == [[255, 0]])
    }
}
