internal import CMicroHTTPD
internal import HTTP
internal import Primitives

/// One request between libmicrohttpd's thread and the task that answers it.
///
/// Invariants: the connection is suspended exactly from `dispatched` to the answer; it is answered at most once; at most
/// `bodyLimit` bytes of body are kept.
final class ServerExchange: Sendable {
    enum Progress {
        case receiving
        case dispatched
        case answered(ServerResponse)
    }

    private struct State {
        var progress = Progress.receiving
        var body: [UInt8] = []
        var isTooLarge = false
    }

    // Safe: the library's suspend and resume are made for other threads, and the connection outlives this object, which
    // its completion callback lets go of.
    private nonisolated(unsafe) let connection: OpaquePointer
    private let head: ServerRequest
    private let bodyLimit: Int
    private let state = Locked(State())

    init(connection: OpaquePointer, head: ServerRequest, bodyLimit: Int) {
        self.connection = connection
        self.head = head
        self.bodyLimit = bodyLimit
    }

    /// The whole request, once its body has come.
    var request: ServerRequest {
        var request = head
        request.body = state.withLock { $0.body }
        return request
    }

    var progress: Progress { state.withLock { $0.progress } }
    var isTooLarge: Bool { state.withLock { $0.isTooLarge } }

    /// Whether it is worth reading on: what is too large is read a little further, so that the answer can be seen.
    func append(_ piece: UnsafeRawBufferPointer) -> Bool {
        state.withLock { state in
            if piece.count <= bodyLimit - state.body.count, !state.isTooLarge {
                state.body.append(contentsOf: piece)
                return true
            }
            let isFirst = !state.isTooLarge
            state.isTooLarge = true
            state.body = []
            return isFirst
        }
    }

    /// On the library's thread: nothing more happens on the connection until the answer.
    func suspend() {
        state.withLock { $0.progress = .dispatched }
        MHD_suspend_connection(connection)
    }

    func answer(_ response: ServerResponse) {
        let resumes = state.withLock { state in
            guard case .dispatched = state.progress else { return false }
            state.progress = .answered(response)
            return true
        }
        if resumes { MHD_resume_connection(connection) }
    }
}
