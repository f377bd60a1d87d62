import Primitives
import Telemetry
import Testing

@Suite struct RedactorTests {
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
    ])
    func hidesCredentials(text: String, expected: String) {
        #expect(Redactor().redact(text) == expected)
    }

    @Test(arguments: [
        "a task-abcdefghijklmnopqrstuvwxyz", "sk-short", "Bearer of news", "the bearer", "eyJust text.",
        "-----BEGIN CERTIFICATE-----\nMII",
        "disk-pressure-node-condition-x", "grüße 🚢", "",
    ])
    func leavesTheRestAlone(text: String) {
        #expect(Redactor().redact(text) == text)
        #expect(Redactor().redact(Array(text.utf8)) == nil)
    }

    /// Whoever writes the text, an application or a model, must not hold up everything else by its shape.
    @Test(arguments: ["eyJ-", "eyJ-eyJ.", "sk-", "bearer ", "Bearer\t\t", "-----BEGIN ", "sk_eyJ_"])
    func theTimeGrowsWithTheTextAlone(piece: String) {
        let text = String(repeating: piece, count: 200_000 / piece.utf8.count)
        let took = ContinuousClock().measure { _ = Redactor().redact(text) }
        #expect(took < .seconds(5))
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

    @Test func longerSecretGoesFirstAndShortOnesAreNotTaken() {
        let redactor = Redactor()
        for secret in ["password", "password-and-more", "on"] { redactor.register(secret: secret) }
        #expect(redactor.redact("password-and-more on") == "[redacted] on")
    }
}
