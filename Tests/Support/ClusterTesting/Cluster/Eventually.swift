import Primitives

/// Something a test waited for and did not see.
package struct NeverHappened: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// Asks until there is an answer; `last` of the error says what was seen instead.
package func eventually<Value: Sendable>(
    _ what: String, within limit: Duration = .seconds(60), every interval: Duration = .milliseconds(100),
    _ body: () async throws -> Answer<Value>
) async throws -> Value {
    let time = SystemTimeSource()
    let deadline = time.monotonicNow() + limit
    while true {
        switch try await body() {
        case .yes(let value): return value
        case .notYet(let last):
            guard time.monotonicNow() < deadline else {
                throw NeverHappened("not within \(limit): \(what); last seen: \(last)")
            }
        }
        try await time.sleep(for: interval)
    }
}

/// What one look at something shows.
package enum Answer<Value: Sendable>: Sendable {
    case yes(Value)
    case notYet(String)
}

extension Answer<Void> {
    package static func holds(_ condition: Bool, else last: @autoclosure () -> String) -> Self {
        condition ? .yes(()) : .notYet(last())
    }
}
