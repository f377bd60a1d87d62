import HTTP
package import JSON

/// The events of one watch connection, for one consumer.
///
/// The end of the stream means only that the connection is over: go on from the last version seen. A connection that
/// breaks ends with an error, and the same holds.
package struct WatchStream<Object: JSONDecodable & Sendable>: AsyncSequence, Sendable {
    package typealias Element = WatchEvent<Object>
    package typealias Failure = KubernetesError

    private let body: HTTPBody
    private let operation: Operation

    init(body: HTTPBody, operation: Operation) {
        self.body = body
        self.operation = operation
    }

    package func makeAsyncIterator() -> Iterator { Iterator(body: body.makeAsyncIterator(), operation: operation) }

    package struct Iterator: AsyncIteratorProtocol {
        private var body: HTTPBody.Iterator
        private let operation: Operation
        private var decoder = WatchDecoder<Object>()

        fileprivate init(body: HTTPBody.Iterator, operation: Operation) {
            self.body = body
            self.operation = operation
        }

        package mutating func next() async throws(KubernetesError) -> WatchEvent<Object>? {
            try await next(isolation: #isolation)
        }

        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(KubernetesError) -> WatchEvent<Object>? {
            while true {
                if let event = try decoded() { return event }
                let bytes: [UInt8]?
                do {
                    bytes = try await body.next(isolation: actor)
                } catch {
                    throw KubernetesError(operation, .transport(error))
                }
                guard let bytes else { return nil }
                decoder.append(bytes)
            }
        }

        private mutating func decoded() throws(KubernetesError) -> WatchEvent<Object>? {
            do {
                return try decoder.next()
            } catch {
                switch error {
                case .lineTooLong(let limit): throw KubernetesError(operation, .transport(.tooLarge(limit: limit)))
                case .json(let cause): throw KubernetesError(operation, .decode(cause))
                }
            }
        }
    }
}
