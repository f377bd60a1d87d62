import HTTP
import KubernetesClient
import Testing

@Suite struct KubeconfigTests {
    private static let plain = """
        apiVersion: v1
        kind: Config
        current-context: dev
        contexts:
        - name: dev
          context: {cluster: c, user: u, namespace: team}
        - name: other
          context: {cluster: c2, user: t}
        clusters:
        - name: c
          cluster:
            server: https://one:6443/
            certificate-authority-data: Q0E=
            tls-server-name: kubernetes
        - name: c2
          cluster: {server: "http://two", insecure-skip-tls-verify: true}
        users:
        - name: u
          user:
            client-certificate-data: Q0VSVA==
            client-key: keys/u.pem
        - name: t
          user: {token: abc}
        """

    private func load(
        _ contents: [String: String], path: String? = "/etc/k/config", context: String? = nil,
        environment: [String: String] = [:]
    ) throws -> ClientConfiguration {
        try ClientConfiguration.load(
            kubeconfigPath: path, context: context, environment: environment, files: MemoryFiles(contents))
    }

    @Test func theCurrentContextIsFollowed() throws {
        let loaded = try load(["/etc/k/config": Self.plain, "/etc/k/keys/u.pem": "KEY"])
        #expect(loaded.server == "https://one:6443")
        #expect(loaded.tls.caPEM == Array("CA".utf8))
        #expect(loaded.tls.clientCertificatePEM == Array("CERT".utf8))
        #expect(loaded.tls.clientKeyPEM == Array("KEY".utf8))
        #expect(loaded.tls.serverName == "kubernetes")
        #expect(loaded.defaultNamespace == "team")
        #expect(loaded.credential == .none)
    }

    @Test func anotherContextCanBeNamed() throws {
        let loaded = try load(["/etc/k/config": Self.plain], context: "other")
        #expect(loaded.server == "http://two")
        #expect(loaded.tls.skipVerification)
        #expect(loaded.credential == .token("abc"))
        #expect(loaded.defaultNamespace == "default")
        #expect(!"\(loaded)".contains("abc"))
        var dumped = ""
        dump(loaded, to: &dumped)
        #expect(!dumped.contains("abc"))
    }

    @Test func ofSeveralFilesTheFirstWins() throws {
        let first = """
            contexts: [{name: dev, context: {cluster: c, user: t}}]
            users: [{name: t, user: {tokenFile: token}}]
            """
        let loaded = try load(
            ["/a/first": first, "/b/second": Self.plain], path: nil,
            environment: ["KUBECONFIG": "/missing:/a/first::/b/second"])
        #expect(loaded.server == "https://one:6443")
        #expect(loaded.credential == .tokenFile("/a/token"))
    }

    @Test func thePathGivenWinsOverTheEnvironmentAndThePod() throws {
        let environment = ["KUBECONFIG": "/other", "KUBERNETES_SERVICE_HOST": "h", "KUBERNETES_SERVICE_PORT": "1"]
        let loaded = try load(
            ["/etc/k/config": Self.plain, "/other": "x: y"], context: "other", environment: environment)
        #expect(loaded.server == "http://two")
    }

    private static let account = "/var/run/secrets/kubernetes.io/serviceaccount"

    @Test(arguments: [("10.0.0.1", "https://10.0.0.1:443"), ("fd00::1", "https://[fd00::1]:443")])
    func aPodHasItsOwnIdentity(_ host: String, _ server: String) throws {
        let loaded = try load(
            [
                "\(Self.account)/token": "t", "\(Self.account)/ca.crt": "CA", "\(Self.account)/namespace": "mine\n",
                "/root/.kube/config": Self.plain,
            ], path: nil,
            environment: ["KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": "443", "HOME": "/root"])
        #expect(loaded.server == server)
        #expect(loaded.credential == .tokenFile("\(Self.account)/token"))
        #expect(loaded.tls.caPEM == Array("CA".utf8))
        #expect(loaded.defaultNamespace == "mine")
    }

    @Test func theHomeDirectoryIsTheLastResort() throws {
        let loaded = try load(
            ["/root/.kube/config": Self.plain, "/root/.kube/keys/u.pem": "KEY"], path: nil,
            environment: ["HOME": "/root"])
        #expect(loaded.server == "https://one:6443")
    }

    /// Each message must name the file and the field that is to be mended.
    @Test(arguments: [
        ("", "kubeconfig /k: current-context is not set; set it, or name a context with --context"),
        ("- a", "kubeconfig /k: expected a mapping at the top"),
        ("contexts: 3", "kubeconfig /k: contexts must be a list"),
        ("users: [{user: {}}]", "kubeconfig /k: users[0].name is missing"),
        ("clusters: [{name: c, cluster: 4}]", "kubeconfig /k: clusters[c].cluster must be a mapping"),
        ("current-context: x\ncontexts: [{name: y}]", "kubeconfig /k: no context named x; there is: y"),
        ("current-context: x\ncontexts: [{name: x}]", "kubeconfig /k: contexts[x].context.cluster is missing"),
        (
            "current-context: x\ncontexts: [{name: x, context: {cluster: c}}]",
            "kubeconfig /k: context x names cluster c, which is not defined"
        ),
        (Self.with(user: "{}", cluster: "{}"), "kubeconfig /k: clusters[c].cluster.server is missing"),
        (
            Self.with(user: "{}", cluster: "{server: one}"),
            "kubeconfig /k: clusters[c].cluster.server is no http(s) URL: one"
        ),
        (
            Self.with(user: "{}", cluster: "{server: 'https://a', certificate-authority: /none}"),
            "kubeconfig /k: clusters[c].cluster.certificate-authority: no such file: /none"
        ),
        (
            Self.with(user: "{}", cluster: "{server: 'https://a', certificate-authority-data: '?'}"),
            "kubeconfig /k: clusters[c].cluster.certificate-authority-data is not base64"
        ),
        (
            Self.with(user: "{client-certificate-data: Q0E=}"),
            "kubeconfig /k: users[u].user needs both client-certificate and client-key"
        ),
        (
            Self.with(user: "{client-key: /unreadable}"), "cannot read /unreadable: Permission denied"
        ),
        (
            Self.with(user: "{exec: {command: aws}}"),
            "kubeconfig /k: users[u].user.exec: credential plugins are not supported yet; use a client certificate or "
                + "a token"
        ),
        (
            Self.with(user: "{username: a, password: b}"),
            "kubeconfig /k: users[u].user.username: basic authentication is not supported; Kubernetes removed it in 1.19"
        ),
    ])
    func whatIsWrongIsSaid(_ text: String, _ message: String) {
        let error = #expect(throws: KubernetesError.self) {
            try load(["/k": text, "/unreadable": "unreadable"], path: "/k")
        }
        #expect(error?.description == message)
        #expect(error?.isUserError == true)
        #expect(error?.isRetryable == false)
    }

    private static func with(user: String, cluster: String = "{server: 'https://a'}") -> String {
        """
        current-context: x
        contexts: [{name: x, context: {cluster: c, user: u}}]
        clusters: [{name: c, cluster: \(cluster)}]
        users: [{name: u, user: \(user)}]
        """
    }

    @Test(arguments: [
        (["HOME": "/root"], "kubeconfig /root/.kube/config: no such file"),
        (["KUBECONFIG": "/a:/b"], "none of the files in KUBECONFIG exists: /a, /b"),
        ([:], "no kubeconfig: neither --kubeconfig, KUBECONFIG nor HOME is set, and this is no pod"),
    ])
    func nothingToReadIsSaid(_ environment: [String: String], _ message: String) {
        let error = #expect(throws: KubernetesError.self) { try load([:], path: nil, environment: environment) }
        #expect(error?.description == message)
    }

    @Test func brokenYAMLSaysWhere() {
        let error = #expect(throws: KubernetesError.self) { try load(["/k": "a: [1,\nb: }"], path: "/k") }
        #expect(error?.description.hasPrefix("kubeconfig /k: ") == true)
        #expect(error?.description.contains("line") == true)
    }
}
