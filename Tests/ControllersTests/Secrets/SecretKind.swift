import Primitives
import Testing

/// A credential as it may turn up in what an application writes, a model says or a server answers.
struct SecretKind: Sendable, CustomTestStringConvertible {
    var name: String
    /// As it stands in a text.
    var text: String
    /// The part that nobody may ever see.
    var core: String
    /// Told by nothing but that the process knows it.
    var isRegistered = false

    var testDescription: String { name }

    init(_ name: String, _ text: String, core: String? = nil, isRegistered: Bool = false) {
        self.name = name
        self.text = text
        self.core = core ?? text
        self.isRegistered = isRegistered
    }

    /// None is a key: they have the form, and nothing behind it.
    static let all: [SecretKind] = [
        SecretKind("OpenAI", "sk-proj-Zq1Zq2Zq3Zq4Zq5Zq6Zq7Zq8"),
        SecretKind("OpenAI legacy", "sk-Zq1Zq2Zq3Zq4Zq5Zq6Zq7Zq8Zq9T3BlbkFJ"),
        SecretKind("Anthropic", "sk-ant-api03-Zq1Zq2_Zq3Zq4-Zq5Zq6AA"),
        SecretKind("OpenRouter", "sk-or-v1-0f1e2d3c4b5a69788796a5b4c3d2e1f0"),
        SecretKind("AWS key id", "AKIAZQZQZQZQ7ZQZQZQ2"),
        SecretKind(
            "AWS secret", "aws_secret_access_key = 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",
            core: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYZQZQZQZQZQ"),
        SecretKind("GitHub", "ghp_Zq1Zq2Zq3Zq4Zq5Zq6Zq7Zq8Zq9Zq0Zq1Zq2Z"),
        SecretKind("GitHub fine-grained", "github_pat_11ZQZQZQ0Zq1Zq2Zq3Zq4Zq5_Zq6Zq7"),
        SecretKind("GitLab", "glpat-Zq1Zq2Zq3Zq4Zq5Zq6Zq"),
        SecretKind("Google", "AIzaSyZq1Zq2Zq3Zq4Zq5Zq6Zq7Zq8Zq9Zq0Zq1"),
        SecretKind("Google OAuth", "ya29.Zq1Zq2Zq3Zq4Zq5Zq6Zq7Zq8"),
        SecretKind("Slack", "xoxb-123456789012-Zq1Zq2Zq3Zq4"),
        SecretKind("Hugging Face", "hf_Zq1Zq2Zq3Zq4Zq5Zq6Zq7Zq8Zq9Zq0Zq"),
        SecretKind("web token", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ6cXpxIn0.WnExWnEyWnEzWnE0", core: "WnExWnEyWnEzWnE0"),
        SecretKind("bearer header", "Authorization: Bearer zq1.zq2-zq3_zq4/zq5==", core: "zq1.zq2-zq3_zq4"),
        SecretKind("basic header", "authorization: basic enF6cTpacTFacTJacTM=", core: "enF6cTpacTFacTJacTM"),
        SecretKind(
            "private key", "-----BEGIN RSA PRIVATE KEY-----\nMIIEZq1Zq2Zq3Zq4\n-----END RSA PRIVATE KEY-----",
            core: "MIIEZq1Zq2Zq3Zq4"),
        SecretKind(
            "private key, cut", "-----BEGIN PRIVATE KEY-----\nMIIEZq5Zq6Zq7Zq8", core: "MIIEZq5Zq6Zq7Zq8"),
        SecretKind(
            "kubeconfig key", "client-key-data: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlFWnEx",
            core: "FJJVkFURSBLRVktLS0tLQpNSUlFWnEx"),
        SecretKind("kubeconfig token", "    token: zqzqzq.0123456789abcdef", core: "zqzqzq.0123456789abcdef"),
        SecretKind("address", "postgres://shop:Zq1Zq2Zq3@db:5432/shop", core: "Zq1Zq2Zq3"),
        SecretKind("JSON field", #"{"client_secret": "Zq1Zq2Zq3Zq4Zq5Zq6"}"#, core: "Zq1Zq2Zq3Zq4Zq5Zq6"),
        SecretKind("environment", "DB_PASSWORD=Zq1Zq2Zq3Zq4Zq5Zq6Zq7", core: "Zq1Zq2Zq3Zq4Zq5Zq6Zq7"),
        SecretKind("key of the run", "zqzq zqzq zqzq", isRegistered: true),
        SecretKind(
            "key of the run, encoded", Base64.encode(Array("zq zq zq zq zq".utf8)), isRegistered: true),
    ]

    /// What the process was given, of which `text` is a form.
    var registered: String? {
        guard isRegistered else { return nil }
        return text.contains(" ") ? text : "zq zq zq zq zq"
    }
}
