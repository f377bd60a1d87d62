import AIOpsAPI
import FaultTesting
import Testing

/// Runs a plan and lets every oracle that finds something fail the test.
@discardableResult
func expect(
    _ plan: FaultPlan, _ what: String = "", meanwhile: @escaping @Sendable (AIOpsTask) async throws -> Void = { _ in }
) async throws -> PlanResult {
    let result = try await FaultSession.current().run(plan, meanwhile: meanwhile)
    let what = "\(plan.id) \(plan.workload) \(what), \(result.hit)"
    #expect(result.violations.isEmpty, "\(what):\n\(result.violations.joined(separator: "\n"))")
    print("\(what): \(result.took)")
    return result
}

/// Cases by name, all of them or a few.
struct Cases<Value: Sendable>: Sendable {
    private let all: [(name: String, value: Value)]

    init(_ all: [(name: String, value: Value)]) { self.all = all }

    func drawn(_ sample: Int, salt: UInt64) -> [(name: String, value: Value)] {
        Draw.numbers(to: all.count, sample: sample, salt: salt).map { all[$0 - 1] }
    }
}
