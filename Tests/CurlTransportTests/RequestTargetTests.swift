import Testing

@testable import CurlTransport

@Suite struct RequestTargetTests {
    @Test(arguments: [
        ("https://host", "https://host:443/", "host"), ("HTTP://Host:8080?x=1", "http://Host:8080/?x=1", "Host:8080"),
        ("wss://host:443/a?b#c", "https://host:443/a?b", "host"), ("ws://[::1]:1/", "http://[::1]:1/", "[::1]:1"),
        ("https://[fe80::1]/x", "https://[fe80::1]:443/x", "[fe80::1]"), ("http://host:/x", "http://host:80/x", "host"),
    ])
    func takesApart(text: String, url: String, authority: String) {
        let target = RequestTarget(text)
        #expect(target?.url() == url)
        #expect(target?.authority == authority)
    }

    @Test func otherHostKeepsPortAndPath() {
        #expect(RequestTarget("https://10.0.0.1:6443/api?x")?.url(host: "kube") == "https://kube:6443/api?x")
    }

    @Test(arguments: [
        "", "host", "ftp://host", "https://", "https:///x", "https://a@host", "https://host:0", "https://host:65536",
        "https://host:x", "https://[::1", "https://[::1]x", "https://ho st", "https://host/\n", "https://[]:1x",
    ])
    func refuses(text: String) {
        #expect(RequestTarget(text) == nil)
    }
}
