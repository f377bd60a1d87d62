/// What a workload does when nothing goes wrong, learned once per workload.
actor CleanRuns {
    struct Learned: Sendable {
        var end: EndState?
        var updates: UpdateSummary
        /// What differs between two clean runs.
        var mask: Set<String>
        var writes: Int
        var modelCalls: Int
        var versions: Int
    }

    private var learned: [Workload: Learned] = [:]

    func known(_ workload: Workload) -> Learned? { learned[workload] }
    func learn(_ workload: Workload, _ runs: Learned) { learned[workload] = runs }
}
