import HTTP
import Primitives

/// One open exec: feeds the input, gathers the output, watches the clock.
///
/// Invariants: input and output flow at the same time, or a command that answers while it reads would lock up; the
/// connection is closed when ``run()`` returns, however it returns.
struct ExecSession: Sendable {
    private enum Ending: Sendable {
        case output(ExecChannels, interruption: String?)
        case timeout
        case inputDone
    }

    let connection: any WebSocketConnection
    let request: ExecRequest
    let time: any TimeSource

    func run() async -> ExecResult {
        await withTaskGroup(of: Ending.self) { group in
            group.addTask { await receive() }
            group.addTask { await waitForTimeout() }
            group.addTask { await sendInput() }
            var timedOut = false
            var result: ExecResult?
            while result == nil, let ending = await group.next() {
                switch ending {
                case .inputDone: break
                case .timeout:
                    timedOut = !Task.isCancelled
                    // Ends the receiving task, which still hands over what has come.
                    await connection.close()
                case .output(let channels, let interruption):
                    result = channels.finish(
                        timedOut: timedOut && !channels.isComplete, interruption: timedOut ? nil : interruption)
                }
            }
            await connection.close()
            group.cancelAll()
            return result ?? ExecResult()
        }
    }

    private func receive() async -> Ending {
        var channels = ExecChannels(outputLimit: request.outputLimit, floodLimit: request.floodLimit)
        do {
            while !channels.isComplete, !channels.isFlooded {
                switch try await connection.receive() {
                case .binary(let message): channels.receive(message)
                case .text(let text): channels.receive(Array(text.utf8))
                case nil: return .output(channels, interruption: "the connection ended before the command did")
                }
            }
            return .output(channels, interruption: nil)
        } catch {
            return .output(channels, interruption: "\(error)")
        }
    }

    private func sendInput() async -> Ending {
        guard let input = request.stdin else { return .inputDone }
        for message in ExecChannels.stdin(input, subprotocol: connection.subprotocol) {
            do {
                try await connection.send(message)
            } catch {
                // The command ended without reading all of it, which the receiving side reports better.
                return .inputDone
            }
        }
        return .inputDone
    }

    private func waitForTimeout() async -> Ending {
        do {
            try await time.sleep(for: request.timeout)
        } catch {
            // Cancelled: because the result is there, or from outside.
        }
        return .timeout
    }
}
