import CommandLineInterface
import Environments

/// The options about Kind clusters.
enum KindOptions {
    private static let most = 16

    static var declared: [Option] {
        [
            .value(
                "kind", "PROGRAM",
                summary:
                    "Make Kind clusters by this program (a path, or a name in PATH), for tasks whose environment.type is Kind; "
                    + "it and its docker see PATH, HOME and the DOCKER_ variables of this process and nothing else; off unless given"
            ),
            .value(
                "docker-host", "URL",
                summary: "Container engine for Kind clusters, such as unix:///run/docker.sock; default: DOCKER_HOST"),
            .value(
                "kind-creates", "NUMBER", summary: "Kind clusters that are being made at the same time", default: "2"),
        ]
    }

    /// Nil where no Kind clusters are wanted.
    static func settings(_ arguments: ParsedArguments, environment: [String: String]) throws -> KindSettings? {
        guard let program = arguments.value("kind"), !program.isEmpty else { return nil }
        let text = arguments.value("kind-creates") ?? ""
        guard let creates = Int(text), (1...most).contains(creates) else {
            throw UsageError("--kind-creates takes a number from 1 to \(most); found \"\(text)\"")
        }
        return KindSettings(
            program: program,
            environment: KindSettings.environment(of: environment, dockerHost: arguments.value("docker-host")),
            mostCreates: creates)
    }
}
