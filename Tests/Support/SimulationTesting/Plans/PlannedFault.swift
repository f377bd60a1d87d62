/// What goes wrong, and when.
package struct PlannedFault: Sendable {
    package var name: String
    private let when: @Sendable (_ exchange: Exchange, _ number: Int, _ now: Duration) -> Bool
    private let what: @Sendable (Exchange) -> Mishap

    package init(
        _ name: String, when: @escaping @Sendable (_ exchange: Exchange, _ number: Int, _ now: Duration) -> Bool,
        what: @escaping @Sendable (Exchange) -> Mishap
    ) {
        self.name = name
        self.when = when
        self.what = what
    }

    func matches(_ exchange: Exchange, number: Int, at now: Duration) -> Bool { when(exchange, number, now) }

    func mishap(_ exchange: Exchange) -> Mishap { what(exchange) }

    /// At the request of that number (of those that may have an effect) of one process.
    package static func at(
        _ number: Int, ofProcess process: Int = 0, _ name: String, _ what: @escaping @Sendable (Exchange) -> Mishap
    ) -> PlannedFault {
        PlannedFault("\(name) at \(number) of process \(process)") { exchange, its, _ in
            exchange.process == process && its == number
        } what: {
            what($0)
        }
    }

    /// For all requests that match, from one moment to another.
    package static func during(
        _ time: Range<Duration>, _ name: String, _ matches: @escaping @Sendable (Exchange) -> Bool,
        _ what: @escaping @Sendable (Exchange) -> Mishap
    ) -> PlannedFault {
        PlannedFault("\(name) from \(time.lowerBound) to \(time.upperBound)") { exchange, _, now in
            time.contains(now) && matches(exchange)
        } what: {
            what($0)
        }
    }
}
