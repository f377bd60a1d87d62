import HTTP
import KubernetesModel
import Primitives

/// One connection to a port of a pod.
///
/// The protocol (`v4.channel.k8s.io` of port-forward) has two channels for a port, data and errors; each begins with a
/// message that holds the port's number and nothing else. Any task may send; one task at a time receives.
package struct PortForward: Sendable {
    static let subprotocol = "v4.channel.k8s.io"

    /// The kubelet's messages reach 32 KiB; anything larger is refused by some API servers.
    private static let largestPiece = 32 << 10
    private static let dataChannel: UInt8 = 0
    private static let errorChannel: UInt8 = 1
    private static let greetingLength = 2

    private let connection: any WebSocketConnection
    private let operation: Operation
    /// Which channels have said their port.
    private let greeted = Locked<Set<UInt8>>([])

    init(_ connection: any WebSocketConnection, _ operation: Operation) {
        self.connection = connection
        self.operation = operation
    }

    /// The next bytes from the pod; nil when it has closed the connection.
    ///
    /// Throws what the node says when nothing listens there.
    package func receive() async throws(KubernetesError) -> [UInt8]? {
        while true {
            let message: WebSocketMessage?
            do {
                message = try await connection.receive()
            } catch {
                throw KubernetesError(operation, .transport(error))
            }
            guard let message else { return nil }
            guard case .binary(let bytes) = message, let channel = bytes.first else { continue }
            let data = Array(bytes.dropFirst())
            let isGreeting = greeted.withLock { $0.insert(channel).inserted } && data.count == Self.greetingLength
            if isGreeting || data.isEmpty { continue }
            switch channel {
            case Self.dataChannel: return data
            case Self.errorChannel:
                let text = String(decoding: data.prefix(1_000), as: UTF8.self)
                throw KubernetesError(operation, status: Status(code: 502, message: text))
            default: continue
            }
        }
    }

    package func send(_ bytes: [UInt8]) async throws(KubernetesError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            do {
                try await connection.send([Self.dataChannel] + rest.prefix(Self.largestPiece))
            } catch {
                throw KubernetesError(operation, .transport(error))
            }
            rest = rest.dropFirst(Self.largestPiece)
        }
    }
}
