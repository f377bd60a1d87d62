import HTTP
import JSON
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
        #expect(loaded.tlsFiles == TLSFiles(authority: "\(Self.account)/ca.crt"))
        #expect(loaded.defaultNamespace == "mine")
    }

    @Test func theHomeDirectoryIsTheLastResort() throws {
        let loaded = try load(
            ["/root/.kube/config": Self.plain, "/root/.kube/keys/u.pem": "KEY"], path: nil,
            environment: ["HOME": "/root"])
        #expect(loaded.server == "https://one:6443")
    }

    /// A mistake and the message for it.
    struct Mistake: Sendable {
        var text: String
        var message: String

        init(_ text: String, _ message: String) {
            self.text = text
            self.message = message
        }
    }

    static let structuralMistakes: [Mistake] = [
        Mistake(
            "",
            "kubeconfig /k: current-context is not set; set it, or name a context with --context"),
        Mistake(
            "- a",
            "kubeconfig /k: expected a mapping at the top"),
        Mistake(
            "contexts: 3",
            "kubeconfig /k:1: contexts must be a list"),
        Mistake(
            "\nusers: [{user: {}}]",
            "kubeconfig /k:2: users[0].name is missing"),
        Mistake(
            "clusters:\n- {name: c, cluster: 4}",
            "kubeconfig /k:2: clusters[c].cluster must be a mapping"),
        Mistake(
            "contexts: [{name: y}]\ncurrent-context: x",
            "kubeconfig /k:2: no context named x; there is: y"),
        Mistake(
            "current-context: x\ncontexts:\n- name: x",
            "kubeconfig /k:3: contexts[x].context.cluster is missing (context x)"),
        Mistake(
            "current-context: x\ncontexts: [{name: x, context: {cluster: c}}]",
            "kubeconfig /k:2: contexts[x].context.cluster: cluster c is not defined (context x)"),
        Mistake(
            Self.with(user: "{}", cluster: "{}"),
            "kubeconfig /k:3: clusters[c].cluster.server is missing (context x)"),
        Mistake(
            Self.with(user: "{}", cluster: "{server: one}"),
            "kubeconfig /k:3: clusters[c].cluster.server is no http(s) URL: one (context x)"),
        Mistake(
            Self.with(user: "{}", cluster: "{server: 'https://a', certificate-authority: /none}"),
            "kubeconfig /k:3: clusters[c].cluster.certificate-authority: no such file: /none (context x)"),
        Mistake(
            Self.with(user: "{}", cluster: "{server: 'https://a', certificate-authority-data: '?'}"),
            "kubeconfig /k:3: clusters[c].cluster.certificate-authority-data is not base64 (context x)"),
    ]

    static let userMistakes: [Mistake] = [
        Mistake(
            Self.with(user: "{}", cluster: "{server: 'https://a', proxy-url: 'ftp://u:secret@b'}"),
            "kubeconfig /k:3: clusters[c].cluster.proxy-url must begin with http://, https://, "
                + "socks5:// or socks5h:// (context x)"),
        Mistake(
            Self.with(
                user: "{}",
                cluster: "{server: 'https://a', insecure-skip-tls-verify: true, certificate-authority-data: Q0E=}"),
            "kubeconfig /k:3: clusters[c].cluster.insecure-skip-tls-verify cannot be true beside a "
                + "certificate authority: remove one of them (context x)"),
        Mistake(
            Self.with(user: "{client-certificate-data: Q0E=}"),
            "kubeconfig /k:4: users[u].user needs both client-certificate and client-key (context x)"),
        Mistake(
            Self.with(user: "{client-key: /unreadable}"),
            "kubeconfig /k:4: users[u].user.client-key: cannot read /unreadable: Permission denied (context x)"),
        Mistake(
            Self.with(user: "{token: 4}"),
            "kubeconfig /k:4: users[u].user.token must be a string (context x)"),
        Mistake(
            Self.with(user: "{auth-provider: {name: gcp}}"),
            "kubeconfig /k:4: users[u].user.auth-provider is not supported, Kubernetes removed it "
                + "in 1.26: use exec instead (context x)"),
        Mistake(
            Self.with(user: "{as-groups: [g]}"),
            "kubeconfig /k:4: users[u].user impersonates groups, a uid or extra fields of nobody: "
                + "as is missing (context x)"),
        Mistake(
            Self.with(user: "{as: a, as-groups: g}"),
            "kubeconfig /k:4: users[u].user.as-groups must be a list of strings (context x)"),
        Mistake(
            Self.with(user: "{exec: {}}"),
            "kubeconfig /k:4: users[u].user.exec.command is missing (context x)"),
        Mistake(
            Self.with(user: "{exec: {command: aws, apiVersion: client.authentication.k8s.io/v1alpha1}}"),
            "kubeconfig /k:4: users[u].user.exec.apiVersion must be client.authentication.k8s.io/v1 "
                + "or client.authentication.k8s.io/v1beta1 (context x)"),
        Mistake(
            Self.with(user: "{exec: {command: aws, apiVersion: client.authentication.k8s.io/v1}}"),
            "kubeconfig /k:4: users[u].user.exec.interactiveMode is missing; "
                + "client.authentication.k8s.io/v1 demands it (context x)"),
        Mistake(
            Self.with(
                user: "{exec: {command: a, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Always}}"),
            "kubeconfig /k:4: users[u].user.exec.interactiveMode is Always, but there is no "
                + "terminal here for the plugin to ask on: use Never or IfAvailable, or another user (context x)"),
        Mistake(
            Self.with(
                user: "{exec: {command: a, apiVersion: client.authentication.k8s.io/v1beta1, env: [{name: a}]}}"),
            "kubeconfig /k:4: users[u].user.exec.env.0 needs a name and a value, both strings (context x)"),
    ]

    /// Each message must name the file, the line and the key that is to be mended, and the context that needs it.
    @Test(arguments: structuralMistakes + userMistakes)
    func whatIsWrongIsSaid(_ mistake: Mistake) {
        let error = #expect(throws: KubernetesError.self) {
            try load(["/k": mistake.text, "/unreadable": "unreadable"], path: "/k")
        }
        #expect(error?.description == mistake.message)
        #expect(error?.isUserError == true)
        #expect(error?.isRetryable == false)
    }

    @Test func everythingAboutAUserIsRead() throws {
        let files = [
            "/k": Self.with(
                user: """
                    {username: a, password: "b:c", as: jane, as-groups: [dev, ops], as-uid: u-1,
                     as-user-extra: {scopes: [x, y], "acme.com/Team ä": [z]}}
                    """, cluster: "{server: 'https://a', proxy-url: 'socks5://p:secret@proxy:1080'}")
        ]
        let loaded = try load(files, path: "/k")
        #expect(loaded.credential == .basic(username: "a", password: "b:c"))
        #expect(loaded.proxy == "socks5://p:secret@proxy:1080")
        #expect(
            loaded.impersonation
                == Impersonation(
                    user: "jane", groups: ["dev", "ops"], uid: "u-1",
                    extra: ["scopes": ["x", "y"], "acme.com/Team ä": ["z"]]))
        #expect(!"\(loaded)".contains("secret") && !"\(loaded)".contains("b:c"))
    }

    @Test func aPluginIsReadWithWhatItIsToBeTold() throws {
        let text = """
            current-context: x
            contexts: [{name: x, context: {cluster: c, user: u}}]
            clusters:
            - name: c
              cluster:
                server: https://a
                certificate-authority: ca.pem
                tls-server-name: n
                proxy-url: http://p
                extensions:
                - {name: other, extension: 1}
                - {name: client.authentication.k8s.io/exec, extension: {audience: me}}
            users:
            - name: u
              user:
                exec:
                  apiVersion: client.authentication.k8s.io/v1
                  command: ./bin/plugin
                  args: [get, --token]
                  env: [{name: PROFILE, value: two}]
                  interactiveMode: IfAvailable
                  provideClusterInfo: true
                  installHint: get it
            """
        let loaded = try load(
            ["/etc/k/config": text, "/etc/k/ca.pem": "CA"], environment: ["PROFILE": "one", "PATH": "/bin"])
        guard case .exec(let plugin) = loaded.credential else { return #expect(Bool(false), "\(loaded.credential)") }
        #expect(
            plugin
                == ExecPlugin(
                    apiVersion: "client.authentication.k8s.io/v1", command: "/etc/k/./bin/plugin",
                    arguments: ["get", "--token"], environment: ["PROFILE": "two", "PATH": "/bin"],
                    installHint: "get it",
                    cluster: [
                        "server": "https://a", "tls-server-name": "n", "certificate-authority-data": "Q0E=",
                        "proxy-url": "http://p", "config": ["audience": "me"],
                    ], place: "kubeconfig /etc/k/config:16: users[u].user.exec"))
        #expect(loaded.tlsFiles == TLSFiles(authority: "/etc/k/ca.pem"))
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
        #expect(error?.description.hasPrefix("kubeconfig /k:2: ") == true, "\(String(describing: error))")
    }
}
