import Environments
import Testing

struct CommandGuardTests {
    @Test(arguments: [
        "kubectl edit deployment front", "kubectl -n env-1 edit svc store", "kubectl  edit   svc/store",
        "kubectl port-forward svc/front 8080:80 &", "sleep 1; kubectl port-forward pod/x 1:1",
        "kubectl logs -f front-1", "kubectl -n env-1 logs front-1 --tail=5 -f", "kubectl logs --follow front-1",
        "docker logs -f abc", "kubectl get pods -w", "kubectl get pods --watch", "kubectl proxy --port 8001",
        "kubectl attach front-1", "kubectl exec -it front-1 -- sh", "kubectl run x --image busybox -it",
        "sudo kubectl edit cm shop", "KUBE_EDITOR=vi kubectl edit cm shop", "bash -c 'kubectl edit svc store'",
        "sh -c \"kubectl logs -f x\"", "echo $(kubectl edit svc store)", "echo \"$(kubectl logs -f x)\"",
        "kubectl get pods | less", "vi file.yaml", "watch kubectl get pods", "tail -f /tmp/x", "top",
        "timeout 5 kubectl port-forward svc/front 8080:80", "if true; then kubectl edit svc x; fi",
        "kubectl \\\n edit svc x", "/usr/local/bin/kubectl edit svc x",
    ])
    func refused(_ command: String) throws {
        let advice = try #require(CommandGuard.refusal(command))
        #expect(advice.contains(". "))
    }

    @Test(arguments: [
        "kubectl get svc store -o yaml", "kubectl logs front-1 --tail=50", "kubectl apply -f file.yaml",
        "kubectl patch svc store --type=json -p '[{\"op\":\"replace\"}]'", "kubectl logs front-1 | grep -f patterns",
        "echo 'kubectl edit svc store'", "grep 'kubectl logs -f' notes.txt", "kubectl get pods -n edit",
        "kubectl delete pod -f x.yaml", "kubectl describe pod edit", "tail -n 5 /tmp/x", "kubectl create -f - <<EOF",
        "kubectl exec front-1 -- ls -i -t", "kubectl get events --field-selector reason=edit", "", "   ", "'", "\"$(",
        "kubectl", "kubectl -n", "curl -s http://front/", "kubectl rollout restart deployment/front",
    ])
    func allowed(_ command: String) { #expect(CommandGuard.refusal(command) == nil) }

    /// Deep nesting ends instead of going on for ever.
    @Test func textsWithinTextsAreBounded() {
        var command = "kubectl get pods"
        for _ in 0..<200 { command = "bash -c '\(command)'" }
        #expect(CommandGuard.refusal(command) == nil)
    }

    @Test func wordsAreSplitAsAShellDoes() {
        #expect(ShellWords.commands("a 'b c' \"d e\"f; g|h && i") == [["a", "b c", "d ef"], ["g"], ["h"], ["i"]])
        #expect(ShellWords.commands("a \\; b") == [["a", ";", "b"]])
        #expect(ShellWords.commands("echo \"x $(y z) w; v\"") == [["echo", "x "], ["y", "z"], [" w; v"]])
        #expect(ShellWords.commands("echo `y 'a b'` $HOME (c)") == [["echo"], ["y", "a b"], ["$HOME"], ["c"]])
    }
}
