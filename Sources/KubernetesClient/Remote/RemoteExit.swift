import JSON
import KubernetesModel

/// How a command in a container ended.
package enum RemoteExit: Sendable, Hashable {
    case exited(Int32)
    /// It could not be run or watched to its end; the server's words.
    case failed(String)

    /// Reads the `Status` that ends an exec or attach.
    init(status bytes: [UInt8]) {
        let status: Status
        do {
            status = try Status(json: bytes)
        } catch {
            self = .failed("unreadable exec status: \(error)")
            return
        }
        if status.status == "Success" {
            self = .exited(0)
        } else if status.reason == "NonZeroExitCode",
            let code = status.details?.causes.first(where: { $0.reason == "ExitCode" }).flatMap({ Int32($0.message) })
        {
            self = .exited(code)
        } else {
            self = .failed(status.message.isEmpty ? status.reason : status.message)
        }
    }
}
