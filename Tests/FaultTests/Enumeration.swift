import FaultTesting
import Testing

/// One death at the n-th write, for each n until a run has no n-th write.
struct Enumeration {
    private let id: String
    private let workload: Workload
    private let death: Fault.Death

    init(_ id: String, _ workload: Workload, _ death: Fault.Death) {
        self.id = id
        self.workload = workload
        self.death = death
    }

    func run(sample: Int) async throws {
        let session = try FaultSession.current()
        let count = try await session.writes(of: workload)
        let salt = UInt64(id.utf8.reduce(0) { $0 + Int($1) } + workload.rawValue.count)
        let isToTheEnd = Draw.isExhaustive || Draw.piece?.contains(count + 1) == true
        // One more than there are: the enumeration is complete when the last number finds nothing.
        let numbers = Draw.numbers(to: count, sample: sample, salt: salt) + (isToTheEnd ? [count + 1] : [])
        var missed: [Int] = []
        for number in numbers {
            let result = try await session.run(.death(id, workload, [.kill(death, atWrite: number)]))
            if result.hits == 0 { missed.append(number) }
            let what = "\(id) \(workload): \(death) write \(number) of \(count), \(result.hit)"
            #expect(result.violations.isEmpty, "\(what):\n\(result.violations.joined(separator: "\n"))")
            #expect(result.deaths == result.hits, "\(what)")
            print("\(what): \(result.took)")
        }
        // Two writes may come in either order, or as one; no more than that may be missing.
        #expect(missed.allSatisfy { $0 > count - 3 }, "\(id) \(workload): no such write: \(missed) of \(count)")
    }
}
