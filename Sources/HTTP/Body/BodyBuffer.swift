/// The bytes between a producer that must not block and a consumer that may be slow.
///
/// Invariants: `bytes.count` never exceeds `limit`, unless a single piece is larger than that and the buffer
/// was empty; after an end nothing is accepted; a refused producer is told exactly once that there is room.
package struct BodyBuffer: Sendable {
    package enum WhenFull: Sendable {
        /// Refuse; the producer offers the same bytes again after `resumesProducer`.
        case pause
        /// Give the stream up: its producer can never be held back.
        case fail
    }

    package enum Offer: Sendable, Hashable {
        case accepted
        /// Nothing was taken.
        case refused
        /// Nobody wants bytes any more.
        case unwanted
    }

    package enum Take: Sendable, Hashable {
        case bytes([UInt8], resumesProducer: Bool)
        case wait
        case finished
        case failed(HTTPError)
    }

    private enum End { case finished, failed(HTTPError), abandoned }

    private let limit: Int
    private let whenFull: WhenFull
    private var bytes: [UInt8] = []
    private var end: End?
    private var isProducerWaiting = false

    package init(limit: Int, whenFull: WhenFull) {
        self.limit = limit
        self.whenFull = whenFull
    }

    package mutating func offer(_ piece: UnsafeRawBufferPointer) -> Offer {
        guard end == nil else { return .unwanted }
        if bytes.isEmpty || piece.count <= limit - bytes.count {
            bytes.append(contentsOf: piece)
            return .accepted
        }
        switch whenFull {
        case .pause:
            isProducerWaiting = true
            return .refused
        case .fail:
            bytes = []
            end = .failed(.fellBehind(limit: limit))
            return .unwanted
        }
    }

    /// Ends the stream; bytes already accepted are still handed out first.
    ///
    /// Only the first end counts.
    package mutating func finish(_ error: HTTPError? = nil) {
        guard end == nil else { return }
        end = error.map(End.failed) ?? .finished
    }

    package mutating func abandon() {
        bytes = []
        end = .abandoned
    }

    package mutating func take() -> Take {
        if !bytes.isEmpty {
            defer {
                bytes = []
                isProducerWaiting = false
            }
            return .bytes(bytes, resumesProducer: isProducerWaiting)
        }
        switch end {
        case nil: return .wait
        case .finished: return .finished
        case .failed(let error): return .failed(error)
        case .abandoned: return .failed(.cancelled)
        }
    }

    /// Whether `take` would not say `wait`.
    package var isReady: Bool { !bytes.isEmpty || end != nil }

    package var hasEnded: Bool { end != nil }

    /// The error the stream ended with, if it did.
    package var failure: HTTPError? {
        if case .failed(let error) = end { error } else { nil }
    }
}
