/// What kind's own words say went wrong.
package enum KindFailure: Sendable, Hashable, CaseIterable {
    case noEngine
    case noSpace
    case portTaken
    /// The API server is to listen at an address that the engine's machine does not have.
    case noSuchAddress
    case imageMissing
    case nameTaken
    case invalidConfiguration
    /// Kubernetes did not start in the node.
    case nodeFailed
    /// The cluster is not there.
    case noSuchCluster
    case other

    /// Words of kind, docker and the kernel, in lower case, the most telling first: a full disk also breaks a pull or a
    /// node.
    ///
    /// Seen of kind 0.27 with Docker 26, but for the two of a full disk and of a user without rights, which are the
    /// kernel's.
    private static let signs: [(words: String, KindFailure)] = [
        ("no space left on device", .noSpace),
        ("cannot connect to the docker daemon", .noEngine),
        ("permission denied while trying to connect", .noEngine),
        ("executable file not found in $path", .noEngine),
        ("error during connect", .noEngine),
        ("port is already allocated", .portTaken),
        ("address already in use", .portTaken),
        ("cannot assign requested address", .noSuchAddress),
        ("failed to pull image", .imageMissing),
        ("no such image", .imageMissing),
        ("already exist for a cluster with the name", .nameTaken),
        // A container that the engine makes for a kind that is gone is in no list yet, but has its name.
        ("is already in use by container", .nameTaken),
        ("unable to decode config", .invalidConfiguration),
        ("invalid configuration", .invalidConfiguration),
        ("is not a valid cluster name", .invalidConfiguration),
        ("could not locate any control plane nodes", .noSuchCluster),
        ("failed to init node with kubeadm", .nodeFailed),
        ("failed to join node with kubeadm", .nodeFailed),
        ("could not find a log line", .nodeFailed),
    ]

    package init(errors: String) {
        let text = errors.lowercased()
        self = Self.signs.first { text.contains($0.words) }?.1 ?? .other
    }

    /// What a person needs of the error stream: the error itself and what the command behind it said, without the
    /// command.
    package static func detail(_ errors: String) -> String {
        let lines = errors.split(separator: "\n").map(String.init)
        let start = lines.lastIndex { $0.hasPrefix("ERROR: ") }
        guard let start else { return cut(lines.last ?? "it said nothing") }
        var said = lines[start].dropFirst("ERROR: ".count)
        if let command = said.firstRange(of: "command \"") { said = said[..<command.lowerBound] }
        let outputMark = "Command Output: "
        let output = lines[start...].first { $0.hasPrefix(outputMark) }.map { $0.dropFirst(outputMark.count) } ?? ""
        // The engine's own error stands last; before it may come the number of a container.
        let engine = lines[start...].last { $0.contains("Error response from daemon: ") } ?? ""
        let cause = engine.isEmpty ? output : engine.dropFirst(engine.hasPrefix(outputMark) ? outputMark.count : 0)
        let parts = [said, cause].map { $0.trimmed(of: " :") }.filter { !$0.isEmpty }
        return cut(parts.joined(separator: ": "))
    }

    /// A status takes no stream.
    private static func cut(_ text: String) -> String { text.count > 500 ? text.prefix(500) + "…" : text }
}

extension Substring {
    fileprivate func trimmed(of characters: String) -> String {
        var text = drop { characters.contains($0) }
        while let last = text.last, characters.contains(last) { text.removeLast() }
        return String(text)
    }
}
