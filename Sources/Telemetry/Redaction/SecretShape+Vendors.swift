/// Keys that tell by their beginning whose they are, as their makers publish it for scanners.
extension SecretShape {
    private struct Maker {
        let prefix: StaticString
        /// Bytes behind the prefix.
        let least: Int
        /// Whether no more than that may follow.
        var isExact = false
    }

    /// By first byte: GitHub, GitLab, Google (keys and OAuth tokens), Slack, AWS, Hugging Face, npm.
    private static func makers(_ first: UInt8) -> [Maker] {
        switch first {
        case UInt8(ascii: "g"): githubAndGitLab
        case UInt8(ascii: "A"): awsAndGoogle
        case UInt8(ascii: "x"): slack
        case UInt8(ascii: "y"): [Maker(prefix: "ya29.", least: 20)]
        case UInt8(ascii: "h"): [Maker(prefix: "hf_", least: 30)]
        case UInt8(ascii: "n"): [Maker(prefix: "npm_", least: 36)]
        default: []
        }
    }

    private static let githubAndGitLab = [
        Maker(prefix: "ghp_", least: 36), Maker(prefix: "gho_", least: 36), Maker(prefix: "ghu_", least: 36),
        Maker(prefix: "ghs_", least: 36), Maker(prefix: "ghr_", least: 36), Maker(prefix: "github_pat_", least: 22),
        Maker(prefix: "glpat-", least: 20),
    ]

    private static let awsAndGoogle = [
        Maker(prefix: "AKIA", least: 16, isExact: true), Maker(prefix: "ASIA", least: 16, isExact: true),
        Maker(prefix: "AIza", least: 35),
    ]

    private static let slack = ["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xapp-"].map {
        Maker(prefix: $0, least: 10)
    }

    func vendorKey(at start: Int) -> Range<Int>? {
        let makers = Self.makers(bytes[start])
        guard !makers.isEmpty, Self.isWordStart(bytes, start) else { return nil }
        guard let maker = makers.first(where: { Self.hasPrefix($0.prefix, in: bytes, at: start) }) else { return nil }
        let key = start + maker.prefix.utf8CodeUnitCount
        // No further than it has to: many beginnings in a row are no reason to read the rest for each of them.
        let most = maker.isExact ? min(bytes.count, key + maker.least + 1) : bytes.count
        let end = Self.run(in: bytes, from: key, to: most, while: Self.isKeyByte)
        let isKey = maker.isExact ? end - key == maker.least : end - key >= maker.least
        return isKey ? start..<end : nil
    }

    /// A private key in PEM, in base64, as kubeconfig files and Secrets have it; certificates and public keys are none.
    func encodedPrivateKey(at start: Int) -> Range<Int>? {
        // `-----BEGIN `, and the rest of it that is the same wherever the next letters end.
        guard Self.hasPrefix("LS0tLS1CRUdJTi", in: bytes, at: start), Self.isWordStart(bytes, start) else { return nil }
        let label = start + 14
        let known: [StaticString] = ["BDRVJU", "BQVUJM"]
        guard !known.contains(where: { Self.hasPrefix($0, in: bytes, at: label) }) else { return nil }
        let end = Self.run(in: bytes, from: label) { Self.isKeyByte($0) || "+/=".utf8.contains($0) }
        return start..<end
    }
}
