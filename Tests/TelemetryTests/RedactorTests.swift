import Glibc
import Primitives
import Telemetry
import Testing

@Suite struct RedactorTests {
    /// Of this thread: what other tests take meanwhile does not count.
    private func processorSeconds(_ body: () -> Void) -> Double {
        func now() -> Double {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        }
        let start = now()
        body()
        return now() - start
    }

    @Test(arguments: [
        ("key sk-proj-abcdefghijklmnop1234 end", "key [redacted] end"),
        ("sk-or-v1-0123456789abcdef0123456789abcdef", "[redacted]"),
        ("x=sk-ant-api03-AbCd_efGh-ijkl0123456789", "x=[redacted]"),
        ("Authorization: Bearer abc.def-ghi_jkl/mno==", "Authorization: Bearer [redacted]"),
        ("authorization: bearer   0123456789", "authorization: bearer   [redacted]"),
        ("token eyJhbGciOi.eyJzdWIiOiIx.c2lnbmF0dXJl.", "token [redacted]."),
        ("eyJust a.word, eyJub-eyJhbGciOi.eyJzdWIiOiIx.c2lnbmF0dXJl", "eyJust a.word, [redacted]"),
        ("eyJhbGciOi..eyJhbGciOi.eyJzdWIiOiIx.c2ln", "eyJhbGciOi..[redacted]"),
        ("eyJa.eyJb eyJhbGciOi.eyJzdWIiOiIx.c2ln", "eyJa.eyJb [redacted]"),
        ("a -----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY----- b", "a [redacted] b"),
        ("-----BEGIN PRIVATE KEY-----\\nMHcC", "[redacted]"),
        ("two sk-aaaaaaaaaaaaaaaa and sk-bbbbbbbbbbbbbbbb", "two [redacted] and [redacted]"),
        ("id AKIAIOSFODNN7EXAMPLE.", "id [redacted]."), ("ASIAIOSFODNN7EXAMPLE", "[redacted]"),
        ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "aws_secret_access_key = [redacted]"),
        (#"{"SecretAccessKey": "wJalrXUtnFEMI/K7MDENG1234"}"#, #"{"SecretAccessKey": "[redacted]"}"#),
        ("ghp_0123456789abcdefghijABCDEFGHIJ012345", "[redacted]"),
        ("github_pat_11ABCDEFG0123456789_abcdef", "[redacted]"), ("glpat-0123456789abcdefghij", "[redacted]"),
        ("AIzaSyA0123456789abcdefghijklmnopqrstuv", "[redacted]"), ("ya29.a0AfB_byC0123456789abc", "[redacted]"),
        ("xoxb-1234567890-abcdefghij", "[redacted]"), ("xapp-1-A0123456789", "[redacted]"),
        ("hf_0123456789abcdefghijABCDEFGHIJ", "[redacted]"),
        ("Authorization: Basic dXNlcjpwYXNzd29yZA==", "Authorization: Basic [redacted]"),
        ("postgres://app:hunter2@db:5432/shop", "postgres://app:[redacted]@db:5432/shop"),
        ("https://u:p%40ss@h and https://h:80/a@b", "https://u:[redacted]@h and https://h:80/a@b"),
        ("    token: abcdef.0123456789abcdef", "    token: [redacted]"),
        (#"\"client_secret\":\"0123456789abcdefgh\""#, #"\"client_secret\":\"[redacted]\""#),
        ("client-key-data: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQ==", "client-key-data: [redacted]"),
        ("x LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1I= y", "x [redacted] y"),
        ("PASSWORD=correct-horse-battery-1", "PASSWORD=[redacted]"),
        ("secret: token: abcd1234efgh5678ijkl", "secret: token: [redacted]"),
        (#"bad token: secret="abcd1234efgh5678""#, #"bad token: secret="[redacted]""#),
    ])
    func hidesCredentials(text: String, expected: String) {
        #expect(Redactor().redact(text) == expected)
    }

    @Test(arguments: [
        "a task-abcdefghijklmnopqrstuvwxyz", "sk-short", "Bearer of news", "the bearer", "eyJust text.",
        "-----BEGIN CERTIFICATE-----\nMII",
        "disk-pressure-node-condition-x", "grüße 🚢", "",
        "AKIA is a prefix", "AKIAIOSFODNN7EXAMPLES", "ghp_short", "Basic understanding", "basic auth",
        "Basic Authentication",
        "token: required", "secretName: default-token-abc12", "the token of the realm",
        "password: see-the-manual-for-it",
        "http://store:8080/items", "https://user@host/", "tokens: 1234567890123456789", "token: 1234567890123456789",
        "certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1J", "automountServiceAccountToken: false",
        "step 12: the access_keys of the shop", "serviceaccount/default",
    ])
    func leavesTheRestAlone(text: String) {
        #expect(Redactor().redact(text) == text)
        #expect(Redactor().redact(Array(text.utf8)) == nil)
    }

    /// Whoever writes the text, an application or a model, must not hold up everything else by its shape.
    @Test(arguments: [
        "eyJ-", "eyJ-eyJ.", "sk-", "bearer ", "Bearer\t\t", "-----BEGIN ", "sk_eyJ_", "token=", "secret=token:",
        "://a:",
        "basic ", "AKIA-", "ghp_", "LS0tLS1CRUdJTi", "password='", "://a:b", "token\\\"", "AIza-",
    ])
    func theTimeGrowsWithTheTextAlone(piece: String) {
        let text = String(repeating: piece, count: 200_000 / piece.utf8.count)
        #expect(processorSeconds { _ = Redactor().redact(text) } < 5)
    }

    @Test func registeredValuesAreHiddenInBothForms() {
        let redactor = Redactor()
        redactor.register(secret: "hunter2hunter2")
        let encoded = Base64.encode(Array("hunter2hunter2".utf8))
        #expect(redactor.redact("p=hunter2hunter2, b=\(encoded)") == "p=[redacted], b=[redacted]")
        redactor.register(secret: "hunter2hunter2")
        redactor.unregister(secret: "hunter2hunter2")
        #expect(redactor.redact("hunter2hunter2") == "[redacted]")
        redactor.unregister(secret: "hunter2hunter2")
        #expect(redactor.redact("hunter2hunter2") == "hunter2hunter2")
    }

    private static let key = "q7Rk-teapot/91Zz+x8?"

    /// What the tools of a shell make of a key that somebody prints, and of what it stands in.
    @Test(arguments: [
        "Bearer ", "user:", "a", "ab", "abc", "export KEY=", "",
    ])
    func keysInBase64AreHiddenWhereverTheyBegin(before: String) {
        let redactor = Redactor()
        redactor.register(secret: Self.key)
        for after in ["", "x", "xy", "\nnext"] {
            let bytes = Array((before + Self.key + after).utf8)
            let text = Base64.encode(bytes)
            for form in [text, text.replacing("+", with: "-").replacing("/", with: "_")] {
                expectNothingLeft(redactor, form, Array(form.utf8).count)
                // As `base64` breaks its lines, and YAML folds them.
                let broken = stride(from: 0, to: form.utf8.count, by: 19).map { start in
                    String(decoding: Array(form.utf8).dropFirst(start).prefix(19), as: UTF8.self)
                }
                expectNothingLeft(redactor, broken.joined(separator: "\n"), form.utf8.count)
                expectNothingLeft(redactor, broken.joined(separator: "\\n    "), form.utf8.count)
            }
        }
    }

    /// Of the characters that tell of the key at most those at its two ends are left, which also tell of their neighbours.
    private func expectNothingLeft(_ redactor: Redactor, _ text: String, _ count: Int) {
        let left = redactor.redact(text)
        #expect(left.contains("[redacted]"), "\(text)")
        let kept = left.replacing("[redacted]", with: "").replacing("\\n", with: "").filter { !" \n".contains($0) }
        #expect(kept.count <= count - Self.key.utf8.count * 8 / 6 + 2, "\(text): \(left)")
    }

    @Test(arguments: [
        "q7Rk-teapot/\n91Zz+x8?", "q7Rk-tea\r\n      pot/91Zz+x8?", #"q7Rk-teapot\n/91Zz+x8?"#,
        "7137526b2d746561706f742f39315a7a2b78383f", "7137526B2D746561706F742F39315A7A2B78383F",
        "7137526b2d746561706f742f39315a\n7a2b78383f", "q7Rk-teapot%2F91Zz%2Bx8%3F",
    ])
    func otherFormsOfAKeyAreHidden(text: String) {
        let redactor = Redactor()
        redactor.register(secret: Self.key)
        #expect(redactor.redact("a \(text) b") == "a [redacted] b")
        #expect(redactor.redact(text) == "[redacted]")
        redactor.unregister(secret: Self.key)
        #expect(redactor.redact(text) == text)
    }

    /// A line break hides a key, and whatever else lies between its letters does not make one.
    @Test func whatIsNotTheKeyStays() {
        let redactor = Redactor()
        redactor.register(secret: "hunter2hunter2")
        for text in ["hunter2 hunter2", "hunter2\n- hunter2", "hunter2hunter", "hunter2\\\nhunter2"] {
            #expect(redactor.redact(text) == text)
        }
    }

    @Test(arguments: ["h\n", "h", "hunter2hunter\n", "hunter2\\n   "])
    func keysTakeNoLongerThanTheirText(piece: String) {
        let redactor = Redactor()
        for number in 0..<20 { redactor.register(secret: "hunter2hunter2-\(number)") }
        let text = String(repeating: piece, count: 100_000 / piece.utf8.count)
        #expect(processorSeconds { _ = redactor.redact(text) } < 5)
    }

    @Test func longerSecretGoesFirstAndShortOnesAreNotTaken() {
        let redactor = Redactor()
        for secret in ["password", "password-and-more", "on"] { redactor.register(secret: secret) }
        #expect(redactor.redact("password-and-more on") == "[redacted] on")
    }
}
