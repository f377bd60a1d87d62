/// The bytes of a response as they arrive, in pieces of any size, for one consumer.
///
/// When the last copy goes away before the end, the exchange is taken off the wire.
package struct HTTPBody: AsyncSequence, Sendable {
    package typealias Element = [UInt8]
    package typealias Failure = HTTPError

    private let owner: Owner

    package init(_ source: some HTTPBodySource) {
        owner = Owner(source)
    }

    /// A body that is there already.
    package init(bytes: [UInt8]) {
        self.init(BodyQueue(bytes: bytes))
    }

    package func makeAsyncIterator() -> Iterator {
        Iterator(owner: owner)
    }

    /// All bytes until the end; fails with `tooLarge` as soon as there are more than `limit`.
    package func collect(upTo limit: Int = HTTPRequest.defaultResponseLimit) async throws(HTTPError) -> [UInt8] {
        var all: [UInt8] = []
        while let bytes = try await owner.source.next() {
            guard bytes.count <= limit - all.count else {
                owner.source.abandon()
                throw .tooLarge(limit: limit)
            }
            if all.isEmpty { all = bytes } else { all += bytes }
        }
        return all
    }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let owner: Owner

        package mutating func next() async throws(HTTPError) -> [UInt8]? {
            try await owner.source.next()
        }

        package mutating func next(isolation actor: isolated (any Actor)?) async throws(HTTPError) -> [UInt8]? {
            try await owner.source.next()
        }
    }

    fileprivate final class Owner: Sendable {
        let source: any HTTPBodySource

        init(_ source: any HTTPBodySource) { self.source = source }

        deinit { source.abandon() }
    }
}
