import Environments
import JSON
import KubernetesClient
import KubernetesModel
import Testing

/// What an agent finds when it looks everywhere it can: no key, and nothing about what it is tested for.
@Suite(.serialized, .timeLimit(.minutes(30)))
struct EscapeKeys {
    /// Words of keys, of problems and of what is true of them; none has business in a sandbox.
    private static let words = [
        "sk-", "api.key", "apikey", "openai", "anthropic", "openrouter", "aiopstask", "llm", "benchmark", "misconfig",
        "target_port", "detection", "localization", "mitigation", "ground.truth", "noop_", "problem",
    ].joined(separator: "|")

    @Test(arguments: [TaskType.detection, .mitigation])
    func environmentFilesProcessesAndObjectsTellNothing(type: TaskType) async throws {
        try await SandboxRig.use(type) { rig in
            // Of the image only what somebody put there for this sandbox: what is mounted, and the home, but for what kubectl
            // keeps there of the server's discovery, which names the cluster's kinds, ours too, to everybody.
            let places = [
                "the environment": "env; cat /proc/[0-9]*/environ | tr '\\0' '\\n'",
                // Not the shell that asks, whose own arguments hold the words.
                "the processes": "for p in /proc/[0-9]*; do tr '\\0' ' ' <$p/cmdline | grep -v words=; done",
                "mounted files":
                    "find /var/run/secrets /home /tmp /run /mnt /srv /opt /etc/hosts /etc/hostname /etc/resolv.conf -type f "
                    + "! -name token ! -name ca.crt ! -path '*/.kube/*cache/*' -exec cat {} +",
                "the objects": "kubectl get all,configmaps,endpoints,events,pvc -o yaml",
            ]
            for (place, look) in places {
                let seen = try await rig.run("words='\(Self.words)'; { \(look); } 2>/dev/null | grep -iE \"$words\"")
                // But for the search itself.
                let found = seen.stdout.split(separator: "\n").filter {
                    !$0.contains("words=") && !$0.hasPrefix("grep -iE")
                }
                #expect(found.isEmpty, "\(place): \(found.prefix(3))")
                #expect(!seen.timedOut)
            }
            let secrets = try await rig.run("ls /var/run/secrets /var/run/secrets/kubernetes.io/serviceaccount")
            #expect(
                secrets.stdout.split(separator: "\n").map(String.init)
                    == [
                        "/var/run/secrets:", "kubernetes.io", "", "/var/run/secrets/kubernetes.io/serviceaccount:",
                        "ca.crt",
                        "namespace", "token",
                    ].filter { !$0.isEmpty }, "\(secrets.stdout)")
        }
    }

    /// The one token that is there ends soon, and is for nobody but the server.
    @Test func theTokenIsShortLivedAndBoundToItsPod() async throws {
        try await SandboxRig.use { rig in
            let seen = try await rig.run(
                "cut -d. -f2 /var/run/secrets/kubernetes.io/serviceaccount/token | tr '_-' '/+' | { cat; echo ==; } "
                    + "| tr -d '\\n' | base64 -d 2>/dev/null | jq -c '[.exp - .iat, .[\"kubernetes.io\"].pod.name, .sub]'"
            )
            let account = "system:serviceaccount:\(rig.names.sandbox):shell"
            // The server may give a longer life to tokens at the usual place, and says so in the claim `warnafter`.
            #expect(seen.stdout.contains("\"shell\",\"\(account)\""), "\(seen)")
            let projected = try await rig.client.getDynamic(.pods, rig.pod).value["spec"]?["volumes"]?.text ?? ""
            #expect(projected.contains("\"expirationSeconds\":3600"))
        }
    }
}
