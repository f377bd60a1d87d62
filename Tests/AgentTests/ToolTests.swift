import Agent
import JSON
import Testing

struct ToolTests {
    @Test(
        arguments: [
            ("kubectl get pods -n a", true), ("kubectl -n a get pods -o wide", true), ("kubectl describe svc x", true),
            ("kubectl logs deploy/x --tail=5 | grep -i error", true), ("kubectl get po; kubectl get svc && date", true),
            ("sleep 5; kubectl get services -n a -o 'custom-columns=A:.spec.ports[*].port'", true),
            ("kubectl rollout status deploy/x", true), ("kubectl auth can-i create pods", true),
            ("kubectl get po -o jsonpath='{.items[*].metadata.name}'", true),
            ("", false), ("kubectl delete pod x", false), ("kubectl patch svc x -p '{}'", false),
            ("kubectl get po > /tmp/x", false), ("kubectl get po | tee x", false), ("kubectl get $(rm -rf /)", false),
            ("kubectl get po `rm x`", false), ("kubectl get po \"$(rm x)\"", false), ("kubectl get po & rm x", false),
            ("kubectl get po\nkubectl delete po x", false), ("A=1 kubectl get po", false),
            ("kubectl exec x -- ls", false),
            ("kubectl rollout restart deploy/x", false), ("kubectl apply -f x", false),
            ("kubectl scale deploy x", false),
            ("sort -o /etc/passwd x", false), ("curl -X POST http://x", false), ("kubectl 'get", false),
            ("kubectl auth reconcile -f x", false), ("kubectl -n", false), ("kubectl config set x y", false),
            ("xargs rm", false), ("kubectl get --raw /x", false), ("kubectl debug x", false),
            ("uniq a b", false), ("date -s 1", false), ("sort -uo x y", false), ("sort -rn | uniq -c; date +%s", true),
            ("kubectl --cache-dir get delete pod x", false), ("kubectl --v=2 -n a get po", true),
            ("kubectl cluster-info dump --output-directory=/tmp/x", false),
        ])
    func onlyCertainReadingIsReadOnly(command: String, isReadOnly: Bool) {
        #expect(ReadOnlyCommands.isReadOnly(command) == isReadOnly)
    }

    @Test(arguments: [300, 1000, 16_384], [true, false])
    func longOutputKeepsHeadAndTailAndSaysSo(limit: Int, isOfCommand: Bool) {
        let text = "HEAD" + String(repeating: "é👩‍👩‍👧", count: 4000) + "TAIL"
        let bounded = OutputBound.bounded(text, bytes: limit, isOfCommand: isOfCommand)
        #expect(bounded.utf8.count <= limit && bounded.hasPrefix("HEAD") && bounded.hasSuffix("TAIL"))
        #expect(bounded.contains("of \(text.utf8.count) bytes were left out") && !bounded.contains("\u{FFFD}"))
        #expect(bounded.contains("grep") == isOfCommand)
        #expect(OutputBound.bounded("short", bytes: limit, isOfCommand: isOfCommand) == "short")
    }
}
