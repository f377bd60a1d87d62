import Glibc

/// What `simulate` is asked for.
struct SimulateOptions: Sendable {
    static let usage = """
        usage: simulate --plan PLAN|all [--lifecycle NAME] [--seed N] [--share I/N] [--jobs N] [--alone yes] [--traces yes]
               simulate --plan PLAN --lifecycle NAME --case CASE [--seed N]     runs one schedule again, with its trace

        --jobs    how many processes work at a time; as many as there are processors, unless it is given
        --alone   each schedule is run by itself, from its beginning: slow, and the same
        --traces  says of every schedule what its trace was, as a number

        plans:
          clean  each lifecycle in peace
          F01    the process dies before the reply of each request that has an effect (F02), after it, and before the next
                 such request (F03); run once where all three leave the same world; cases are "17"
          F04    two deaths, at every pair of such moments; cases are "17,4"

        """

    private var words: [String: String] = [:]

    init(_ arguments: [String]) {
        var rest = arguments[...]
        while let name = rest.popFirst() { words[String(name.drop { $0 == "-" })] = rest.popFirst() ?? "" }
    }

    private static let known = ["clean", "F01", "F04"] + Plan.all.map(\.name)

    /// In the order in which they are run; nil when there is no plan of that name.
    var plans: [String]? {
        let wanted = words["plan"] == "all" ? Self.known : [words["plan"] ?? ""]
        return wanted.allSatisfy { Self.known.contains($0) } ? wanted : nil
    }

    var one: String? { words["case"] }
    var seed: UInt64? { words["seed"].flatMap { UInt64($0) } }
    var jobs: Int { max(1, words["jobs"].flatMap { Int($0) } ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
    var isAlone: Bool { words["alone"] == "yes" }
    var showsTraces: Bool { words["traces"] == "yes" }

    var share: (Int, Int) {
        let parts = (words["share"] ?? "").split(separator: "/").compactMap { Int($0) }
        return parts.count == 2 && parts[1] > 0 ? (parts[0], parts[1]) : (0, 1)
    }

    /// Those that the plan is about and that are asked for.
    func lifecycles(of plan: String) -> [Lifecycle] {
        (Plan.named(plan)?.lifecycles ?? Lifecycle.all).filter { one in
            words["lifecycle"].map { one.name == $0 } ?? true
        }
    }
}
