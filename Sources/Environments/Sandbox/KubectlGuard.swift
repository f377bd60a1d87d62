/// The part of the guard that knows kubectl.
enum KubectlGuard {
    static func refusal(_ arguments: [String]) -> String? {
        guard let (verb, rest) = verb(arguments) else { return nil }
        switch verb {
        case "edit":
            return "kubectl edit opens an editor, which cannot work here. "
                + "Use kubectl patch, kubectl set or kubectl apply -f instead."
        case "port-forward":
            return "kubectl port-forward stays in the foreground. "
                + "Call the Service from here by its name with curl instead, such as http://service.namespace/."
        case "proxy":
            return "kubectl proxy stays in the foreground. Use kubectl get --raw instead."
        case "attach":
            return "kubectl attach waits for a terminal. Use kubectl logs instead."
        case "logs":
            return CommandGuard.follows(rest)
                ? "kubectl logs -f never ends. Use kubectl logs without -f, with --tail for less." : nil
        case "get", "events":
            return rest.contains { ["-w", "--watch", "--watch=true", "--watch-only"].contains($0) }
                ? "kubectl \(verb) --watch never ends. Use it without the flag, again if need be." : nil
        case "exec", "run", "debug":
            return rest.prefix { $0 != "--" }.contains(where: wantsTerminal)
                ? "kubectl \(verb) with a terminal cannot work here. Leave out -i and -t." : nil
        default: return nil
        }
    }

    /// The flags of all verbs that take their value as the next word.
    private static let withValue: Set<String> = [
        "-n", "--namespace", "--context", "--kubeconfig", "-s", "--server", "--user", "--cluster", "-v", "--token",
        "--as", "--as-group", "--request-timeout", "--cache-dir", "--certificate-authority",
    ]

    private static func verb(_ arguments: [String]) -> (String, [String])? {
        var rest = arguments[...]
        while let word = rest.first {
            rest = rest.dropFirst()
            guard word.hasPrefix("-") else { return (word, Array(rest)) }
            if withValue.contains(word) { rest = rest.dropFirst() }
        }
        return nil
    }

    private static func wantsTerminal(_ flag: String) -> Bool {
        ["-it", "-ti", "-i", "-t", "--stdin", "--tty", "--stdin=true", "--tty=true"].contains(flag)
    }
}
