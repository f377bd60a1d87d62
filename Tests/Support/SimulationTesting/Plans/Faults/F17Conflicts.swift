import Primitives

extension Plan {
    /// F17: somebody else's write came first, at each write in turn; it is read again and done with what is there.
    package static let conflicts = Plan("F17", "each write in turn meets a conflict") { lifecycle, clean, seed in
        (1...max(1, clean.effects)).map { number in
            Case(
                "conflict-\(number)",
                Schedule(
                    lifecycle, seed: seed,
                    faults: [.at(number, "conflict") { $0.isUpdate ? .conflict($0) : .none }]))
        }
    }

    /// F17, for ever: for ten minutes no update of a kind of ours goes through; tries must thin out, and all must heal.
    package static let conflictsForEver = Plan(
        "F17-for-ever", "for ten minutes every update of our kinds meets a conflict", over: [.detection, .pool],
        judge: { run, _ in run.violations + run.triesAMinute(atMost: 40, before: 10) }
    ) { lifecycle, _, seed in
        [
            Case(
                "for-ever",
                Schedule(
                    lifecycle, seed: seed,
                    faults: [
                        .during(.zero..<Duration.seconds(600), "conflict", { $0.isUpdate && $0.isOfOurKinds }) {
                            .conflict($0)
                        }
                    ]))
        ]
    }
}

extension Exchange {
    /// A write that says which state it is made from.
    package var isUpdate: Bool { kind == .write && (method == "PATCH" || method == "PUT") }
    package var isOfOurKinds: Bool { target.hasPrefix("/apis/aiops.dev/") }
}
