import Environments
import Testing

struct KindClusterNameTests {
    private static func name(_ pool: String, uid: String = "uid-1", attempt: Int = 1, home: String = "home") -> String {
        KindClusterName(pool: pool, taskUID: uid, attempt: attempt, home: home).text
    }

    @Test(arguments: [
        "default", "a", "", "Team_A", "-x-", "a.b.c", "a very long name of a pool that goes on and on", "ünïcode",
        "........",
        String(repeating: "a", count: 253), "aaaaaaaaaaaaaaaaaaa-b",
    ])
    func isValidAndShortEnoughForAHostName(_ pool: String) {
        let name = Self.name(pool)
        #expect(name.utf8.count + "-control-plane".utf8.count <= 63)
        #expect(name.hasPrefix("aiops-") && !name.contains("--"))
        #expect(name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") })
    }

    @Test func isTheSameForWhoeverComputesItAndAnotherForAnythingElse() {
        #expect(Self.name("p") == Self.name("p"))
        let others = [
            Self.name("q"), Self.name("p", uid: "uid-2"), Self.name("p", attempt: 2), Self.name("p", home: "elsewhere"),
        ]
        #expect(Set(others + [Self.name("p")]).count == 5)
    }

    @Test func tellsWhoseItIs() throws {
        let name = try #require(KindClusterName(found: Self.name("p", attempt: 3), home: "home"))
        #expect(name.belongs(to: "uid-1"))
        #expect(!name.belongs(to: "uid-2"))
    }

    @Test(arguments: [
        "kind", "aiops", "aiops-p", "aiops-p-", "aiops-p-0123456789abcdef", "my-cluster", "",
        KindClusterName(pool: "p", taskUID: "u", attempt: 1, home: "elsewhere").text,
        KindClusterName(pool: "p", taskUID: "u", attempt: 1, home: "home").text + "-x",
        "x" + KindClusterName(pool: "p", taskUID: "u", attempt: 1, home: "home").text,
    ])
    func whatIsNotOfThisHomeClusterIsNobodysOfOurs(_ found: String) {
        #expect(KindClusterName(found: found, home: "home") == nil)
    }
}
