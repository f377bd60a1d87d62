import FaultTesting
import Glibc
import Primitives

/// Which of many cases run: all of them when `AIOPS_FAULTS` is `all`, those from one number to another when it is `12-40`,
/// else a few.
///
/// The draw follows `AIOPS_FAULTS_SEED`, by default the day, so that over a week most cases come up, and a failed run
/// can be repeated.
enum Draw {
    static var isExhaustive: Bool { variable("AIOPS_FAULTS") == "all" }

    /// A piece of what is enumerated, for machines that cannot run it in one go.
    static let piece: ClosedRange<Int>? = {
        let ends = (variable("AIOPS_FAULTS") ?? "").split(separator: "-").compactMap { Int($0) }
        return ends.count == 2 && ends[0] <= ends[1] ? ends[0]...ends[1] : nil
    }()

    /// Of the workloads of a plan, those that `AIOPS_FAULTS_WORKLOADS` names (`cancel,delete`); all of them without it.
    static func workloads(_ all: [Workload]) -> [Workload] {
        guard let names = variable("AIOPS_FAULTS_WORKLOADS") else { return all }
        let chosen = Set(names.split(separator: ",").map(String.init))
        return all.filter { chosen.contains($0.rawValue) }
    }

    /// Workloads of pools and conversations: all, or one that is drawn, the same for every plan of a run.
    static var ofOtherKinds: [Workload] {
        let all = Workload.ofOtherKinds
        guard !isExhaustive, piece == nil, variable("AIOPS_FAULTS_WORKLOADS") == nil else { return all }
        return [all[Int(seed % UInt64(all.count))]]
    }

    static let seed: UInt64 = {
        if let text = variable("AIOPS_FAULTS_SEED"), let seed = UInt64(text) { return seed }
        return UInt64(max(0, SystemTimeSource().wallNow().microseconds)) / 86_400_000_000
    }()

    /// Numbers from 1 to `count` in order: all, a piece, or `sample` of them.
    static func numbers(to count: Int, sample: Int, salt: UInt64) -> [Int] {
        if let piece { return count > 0 ? Array(1...count).filter(piece.contains) : [] }
        guard !isExhaustive, count > sample else { return count > 0 ? Array(1...count) : [] }
        var generator = SeededGenerator(seed: seed &* 1_000_003 &+ salt)
        return Array((1...count).shuffled(using: &generator).prefix(sample)).sorted()
    }

    private static func variable(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }
}
