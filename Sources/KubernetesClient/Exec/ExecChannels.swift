import HTTP
import Primitives

/// Gathers what an exec sends.
///
/// Invariants: output is bounded by the request's limit; the first status counts; nothing the server sends can make this
/// fail, unknown channels are ignored.
struct ExecChannels: Sendable {
    private static let statusLimit = 64 << 10

    private var stdout: HeadTailBuffer
    private var stderr: HeadTailBuffer
    private var status: [UInt8] = []
    private var floodRoom: Int

    init(outputLimit: Int, floodLimit: Int? = nil) {
        floodRoom = floodLimit ?? Int.max
        stdout = HeadTailBuffer(limit: outputLimit)
        stderr = HeadTailBuffer(limit: outputLimit)
    }

    /// The messages that carry the input, and its end where the protocol has one.
    static func stdin(_ bytes: [UInt8], subprotocol: String?) -> [[UInt8]] {
        var messages: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            messages.append(ChannelMessage.stdin(Array(rest.prefix(ChannelMessage.largestInput))).bytes)
            rest = rest.dropFirst(ChannelMessage.largestInput)
        }
        if subprotocol == ChannelMessage.v5 {
            messages.append(ChannelMessage.close(channel: ChannelMessage.stdinChannel).bytes)
        }
        return messages
    }

    mutating func receive(_ message: [UInt8]) {
        switch ChannelMessage(message) {
        case .stdout(let data):
            stdout.append(data)
            floodRoom -= data.count
        case .stderr(let data):
            stderr.append(data)
            floodRoom -= data.count
        case .status(let data): status += data.prefix(Self.statusLimit - status.count)
        case .stdin, .resize, .close, .unknown: break
        }
    }

    /// The status comes last; nothing needs to be waited for after it.
    var isComplete: Bool { !status.isEmpty }

    /// More came than was to come.
    var isFlooded: Bool { floodRoom < 0 }

    /// The result; `interruption` says why the stream ended, for the case that it ended before the status.
    consuming func finish(timedOut: Bool, interruption: String?) -> ExecResult {
        var result = ExecResult()
        if status.isEmpty {
            result.failure = interruption
        } else {
            switch RemoteExit(status: status) {
            case .exited(let code): result.exitCode = code
            case .failed(let why): (result.failure, result.failureIsAnswer) = (why, true)
            }
        }
        result.timedOut = timedOut
        result.isFlooded = isFlooded && status.isEmpty
        (result.stdout, result.stdoutDropped) = stdout.finish()
        (result.stderr, result.stderrDropped) = stderr.finish()
        return result
    }
}
