import JSON
import KubernetesModel

/// Reads the channel protocol of exec (`v5.channel.k8s.io` and `v4.channel.k8s.io`).
///
/// Each message is one channel byte and data. Invariants: output is bounded by the request's limit; the first status
/// counts; nothing the server sends can make this fail, unknown channels are ignored.
struct ExecChannels: Sendable {
    static let subprotocols = [v5, "v4.channel.k8s.io"]
    static let v5 = "v5.channel.k8s.io"

    private enum Channel {
        static let stdin: UInt8 = 0
        static let stdout: UInt8 = 1
        static let stderr: UInt8 = 2
        static let status: UInt8 = 3
        static let close: UInt8 = 255
    }

    /// Larger messages than this make API servers close the connection.
    private static let stdinPiece = 32 << 10
    private static let statusLimit = 64 << 10

    private var stdout: HeadTailBuffer
    private var stderr: HeadTailBuffer
    private var status: [UInt8] = []

    init(outputLimit: Int) {
        stdout = HeadTailBuffer(limit: outputLimit)
        stderr = HeadTailBuffer(limit: outputLimit)
    }

    /// The messages that carry the input, and its end where the protocol has one.
    static func stdin(_ bytes: [UInt8], subprotocol: String?) -> [[UInt8]] {
        var messages: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            messages.append([Channel.stdin] + rest.prefix(stdinPiece))
            rest = rest.dropFirst(stdinPiece)
        }
        if subprotocol == v5 { messages.append([Channel.close, Channel.stdin]) }
        return messages
    }

    mutating func receive(_ message: [UInt8]) {
        guard let channel = message.first else { return }
        let data = message.dropFirst()
        switch channel {
        case Channel.stdout: stdout.append(data)
        case Channel.stderr: stderr.append(data)
        case Channel.status: status += data.prefix(Self.statusLimit - status.count)
        default: break
        }
    }

    /// The status comes last; nothing needs to be waited for after it.
    var isComplete: Bool { !status.isEmpty }

    /// The result; `interruption` says why the stream ended, for the case that it ended before the status.
    consuming func finish(timedOut: Bool, interruption: String?) -> ExecResult {
        var result = ExecResult()
        (result.exitCode, result.failure) = outcome(interruption)
        result.timedOut = timedOut
        (result.stdout, result.stdoutDropped) = stdout.finish()
        (result.stderr, result.stderrDropped) = stderr.finish()
        return result
    }

    private func outcome(_ interruption: String?) -> (Int32?, String?) {
        guard !status.isEmpty else { return (nil, interruption) }
        let decoded: Status
        do {
            decoded = try Status(json: status)
        } catch {
            return (nil, "unreadable exec status: \(error)")
        }
        if decoded.status == "Success" { return (0, nil) }
        if decoded.reason == "NonZeroExitCode",
            let code = decoded.details?.causes.first(where: { $0.reason == "ExitCode" }).flatMap({ Int32($0.message) })
        {
            return (code, nil)
        }
        return (nil, decoded.message.isEmpty ? decoded.reason : decoded.message)
    }
}
