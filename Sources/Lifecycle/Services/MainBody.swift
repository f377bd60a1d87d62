internal import Primitives

/// A service whose failure the group hands on as it is.
protocol FailingToItsCaller: Service {}

/// A piece of work that a group runs as its last service, so that it is the first to be stopped.
final class MainBody<Value: Sendable>: FailingToItsCaller {
    let name = "main"
    private let body: @Sendable () async throws -> Value
    private let result = Locked<Value?>(nil)

    init(_ body: @escaping @Sendable () async throws -> Value) {
        self.body = body
    }

    var value: Value? { result.withLock { $0 } }

    func run() async throws {
        let value = try await body()
        result.withLock { $0 = value }
    }
}
