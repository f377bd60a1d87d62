import JSON

/// What a cluster that enforces NetworkPolicies makes of them, asked whether one end may reach the other on a port.
///
/// Of the API it knows what our policies use: pod selectors that match everything, namespaces selected by labels, blocks with
/// exceptions, ports by number. Anything else traps in a test rather than being taken for allowed.
struct NetworkVerdict {
    /// One end of a connection.
    enum End {
        case pod(namespace: String, labels: [String: String])
        case address(String)
    }

    struct Unknown: Error { let what: String }

    let policies: [JSONValue]

    func mayReach(_ from: End, _ to: End, _ port: Int, _ transport: String = "TCP") throws -> Bool {
        try permits(from, "Egress", peer: to, port, transport) && permits(to, "Ingress", peer: from, port, transport)
    }

    /// An end that no policy of that direction selects may do everything.
    private func permits(
        _ end: End, _ direction: String, peer: End, _ port: Int, _ transport: String
    ) throws -> Bool {
        guard case .pod(let namespace, _) = end else { return true }
        let selecting = try policies.filter { policy in
            guard policy["spec"]?["podSelector"] == [:] else { throw Unknown(what: "a pod selector") }
            return policy["metadata"]?["namespace"]?.stringValue == namespace
                && policy["spec"]?["policyTypes"]?.arrayValue?.contains(.string(direction)) == true
        }
        if selecting.isEmpty { return true }
        let (rules, peers) = direction == "Egress" ? ("egress", "to") : ("ingress", "from")
        for policy in selecting {
            for rule in policy["spec"]?[rules]?.arrayValue ?? [] {
                let ports = rule["ports"]?.arrayValue
                let fits = ports == nil || ports?.contains { Self.isPort($0, port, transport) } == true
                guard fits else { continue }
                // A rule without peers means everybody.
                guard let listed = rule[peers]?.arrayValue else { return true }
                for candidate in listed where try matches(candidate, peer, within: namespace) { return true }
            }
        }
        return false
    }

    private static func isPort(_ rule: JSONValue, _ port: Int, _ transport: String) -> Bool {
        rule["port"]?.integerValue == Int64(port) && (rule["protocol"]?.stringValue ?? "TCP") == transport
    }

    private func matches(_ rule: JSONValue, _ peer: End, within own: String) throws -> Bool {
        if let block = rule["ipBlock"] {
            guard case .address(let address) = peer else { return false }
            let excepted = (block["except"]?.arrayValue ?? []).compactMap(\.stringValue)
            return try Self.contains(block["cidr"]?.stringValue ?? "", address)
                && !(try excepted.contains { try Self.contains($0, address) })
        }
        guard case .pod(let namespace, let labels) = peer else { return false }
        if let selector = rule["namespaceSelector"] {
            guard rule["podSelector"] == nil else { throw Unknown(what: "two selectors") }
            if selector == [:] { return true }
            guard let wanted = selector["matchLabels"]?.objectValue else { throw Unknown(what: selector.text) }
            return wanted.allSatisfy { labels[$0.key] == $0.value.stringValue }
        }
        guard rule["podSelector"] == [:] else { throw Unknown(what: rule.text) }
        return namespace == own
    }

    private static func contains(_ cidr: String, _ address: String) throws -> Bool {
        let parts = cidr.split(separator: "/")
        guard parts.count == 2, let length = Int(parts[1]) else { throw Unknown(what: cidr) }
        let (block, bits) = (try Self.bits(String(parts[0])), try Self.bits(address))
        return block.count == bits.count && block.prefix(length) == bits.prefix(length)
    }

    private static func bits(_ address: String) throws -> [Bool] {
        var groups: [(UInt16, Int)] = []
        if address.contains(":") {
            let halves = address.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            let gap = halves.firstIndex(of: "") ?? halves.count
            let head = halves.prefix(gap).filter { !$0.isEmpty }
            let tail = halves.dropFirst(gap).filter { !$0.isEmpty }
            let zeros = Array(repeating: "0", count: max(0, 8 - head.count - tail.count))
            groups = try (head + zeros + tail).map { group in
                guard let value = UInt16(group, radix: 16) else { throw Unknown(what: address) }
                return (value, 16)
            }
        } else {
            groups = try address.split(separator: ".").map { part in
                guard let value = UInt8(part) else { throw Unknown(what: address) }
                return (UInt16(value), 8)
            }
        }
        return groups.flatMap { value, width in (0..<width).reversed().map { value >> $0 & 1 == 1 } }
    }
}
