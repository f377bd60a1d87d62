import HTTP

/// The lines of a log as they come, for one reader; each without its line feed, and not always UTF-8.
///
/// A line of more than 64 KiB comes in pieces. The end means that the container has ended, or that the kubelet has turned
/// the log over.
package struct LogStream: AsyncSequence, Sendable {
    package typealias Element = [UInt8]
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
        private var lines = LogLines()

        fileprivate init(body: HTTPBody.Iterator, operation: Operation) {
            self.body = body
            self.operation = operation
        }

        package mutating func next() async throws(KubernetesError) -> [UInt8]? {
            try await next(isolation: #isolation)
        }

        package mutating func next(isolation actor: isolated (any Actor)?) async throws(KubernetesError) -> [UInt8]? {
            while true {
                if let line = lines.next() { return line }
                let bytes: [UInt8]?
                do {
                    bytes = try await body.next(isolation: actor)
                } catch {
                    throw KubernetesError(operation, .transport(error))
                }
                guard let bytes else { return lines.finish() }
                lines.append(bytes)
            }
        }
    }
}
