import KubernetesModel
import Primitives

extension Plan {
    /// F19: 500, 502, 503, 504 for 1, 10 and 60 s, for reads, writes and watches, from several moments on.
    package static let outages = Plan("F19", "the server fails for 1, 10 and 60 s, by verb") { lifecycle, clean, seed in
        var cases: [Case] = []
        for code in [500, 502, 503, 504] {
            for length in [1, 10, 60] {
                for kind in [Exchange.Kind.read, .write, .watch] {
                    for start in [0, 1, 3] {
                        let time = Duration.seconds(start)..<Duration.seconds(start + length)
                        let fault = PlannedFault.during(time, "\(code)", { $0.kind == kind }) { _ in .failed(code) }
                        cases.append(
                            Case(
                                "\(code)-\(kind.rawValue)-\(length)s-from-\(start)",
                                Schedule(lifecycle, seed: seed, faults: [fault])))
                    }
                }
            }
        }
        return cases
    }
}
