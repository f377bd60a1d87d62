import HTTP

/// What comes out of a container.
package enum RemoteEvent: Sendable, Hashable {
    case stdout([UInt8])
    case stderr([UInt8])
    /// The last event.
    case ended(RemoteExit)
}

/// The streams of one command, or of a container's main process.
///
/// Any task may send; one task at a time reads. Nothing is buffered here: who does not read holds the command up.
package struct RemoteSession: Sendable {
    private let connection: any WebSocketConnection
    private let operation: Operation

    init(_ connection: any WebSocketConnection, _ operation: Operation) {
        self.connection = connection
        self.operation = operation
    }

    /// Whether ``endInput()`` can be told apart from closing: servers before 1.30 speak v4, which has no word for it.
    package var canEndInput: Bool { connection.subprotocol == ChannelMessage.v5 }

    /// What comes next; nil when the connection ended in order without saying how the command did.
    package func next() async throws(KubernetesError) -> RemoteEvent? {
        while true {
            let message: WebSocketMessage?
            do {
                message = try await connection.receive()
            } catch {
                throw KubernetesError(operation, .transport(error))
            }
            guard case .binary(let bytes)? = message else {
                guard message != nil else { return nil }
                continue
            }
            switch ChannelMessage(bytes) {
            // The server opens each channel with an empty message.
            case .stdout(let data) where !data.isEmpty: return .stdout(data)
            case .stderr(let data) where !data.isEmpty: return .stderr(data)
            case .status(let data): return .ended(RemoteExit(status: data))
            default: continue
            }
        }
    }

    package func send(_ input: [UInt8]) async throws(KubernetesError) {
        var rest = input[...]
        while !rest.isEmpty {
            try await send(.stdin(Array(rest.prefix(ChannelMessage.largestInput))))
            rest = rest.dropFirst(ChannelMessage.largestInput)
        }
    }

    /// Tells the command that its input is over; throws where the protocol cannot say that (``canEndInput``).
    package func endInput() async throws(KubernetesError) {
        guard canEndInput else {
            throw KubernetesError(
                operation, .transport(.protocolViolation("the server speaks a version without an end of the input")))
        }
        try await send(.close(channel: ChannelMessage.stdinChannel))
    }

    /// Tells the terminal its size in characters.
    package func resize(columns: Int, rows: Int) async throws(KubernetesError) {
        try await send(.resize(columns: columns, rows: rows))
    }

    private func send(_ message: ChannelMessage) async throws(KubernetesError) {
        do {
            try await connection.send(message.bytes)
        } catch {
            throw KubernetesError(operation, .transport(error))
        }
    }
}
