import JSON

/// Builds JSON values from events, one document after another.
///
/// Invariants: `depth` is the number of containers being built; `weight` only grows and counts every node of every
/// document, aliases at their expanded size; `anchors` holds finished nodes only, so a node cannot contain itself; `path`
/// leads from the top to the node being built.
struct Composer {
    private struct Node {
        var value: JSONValue
        var weight = 0
        /// Levels of containers, 0 for a scalar.
        var height = 0

        /// Accounts for a node this one contains.
        mutating func add(_ child: Node) {
            weight += child.weight
            height = max(height, child.height + 1)
        }
    }

    private let parser: EventParser
    private let limits: YAMLLimits
    /// Where the latest document starts.
    private(set) var documentMark = YAMLMark()
    private var anchors: [String: Node] = [:]
    private var depth = 0
    private var weight = 0
    private var aliases = 0
    private var path: [String] = []
    /// Where the keys and elements of the latest document are, if that is wanted.
    private(set) var lines: YAMLLines?

    init(_ bytes: [UInt8], limits: YAMLLimits, keepsLines: Bool = false) throws(YAMLError) {
        guard bytes.count <= limits.bytes else {
            throw YAMLError(YAMLMark(), "text larger than \(limits.bytes) bytes")
        }
        try DirectiveCount.check(bytes, limit: limits.directives)
        parser = try EventParser(bytes)
        self.limits = limits
        if keepsLines { lines = YAMLLines() }
    }

    /// Nil at the end of the text.
    mutating func nextDocument() throws(YAMLError) -> JSONValue? {
        while true {
            let event = try parser.next()
            switch event.kind {
            case .streamEnd:
                return nil
            case .documentStart:
                documentMark = event.mark
                anchors.removeAll()
                return try node(parser.next()).value
            default:
                continue
            }
        }
    }

    private mutating func node(_ event: YAMLEvent) throws(YAMLError) -> Node {
        var node: Node
        switch event.kind {
        case .alias(let name):
            return try expand(name, event.mark)
        case .scalar(let scalar):
            node = Node(value: try resolve(scalar, event.tag, event.mark), weight: 16 + scalar.text.utf8.count)
            try charge(node.weight, event.mark)
        case .sequenceStart:
            try check(event.tag, is: "seq", event.mark)
            node = try sequence(event.mark)
        case .mappingStart:
            try check(event.tag, is: "map", event.mark)
            node = try mapping(event.mark)
        default:
            throw YAMLError(event.mark, "expected a value")
        }
        if let anchor = event.anchor { anchors[anchor] = node }
        return node
    }

    private mutating func sequence(_ start: YAMLMark) throws(YAMLError) -> Node {
        try descend(start)
        var elements: [JSONValue] = []
        var result = Node(value: .null, weight: 16, height: 1)
        while true {
            let event = try parser.next()
            if case .sequenceEnd = event.kind { break }
            let element = try child(at: String(elements.count), event, event.mark)
            elements.append(element.value)
            result.add(element)
        }
        depth -= 1
        result.value = .array(elements)
        return result
    }

    private mutating func mapping(_ start: YAMLMark) throws(YAMLError) -> Node {
        try descend(start)
        var object = JSONObject()
        var result = Node(value: .null, weight: 16, height: 1)
        while true {
            let event = try parser.next()
            if case .mappingEnd = event.kind { break }
            let key = try key(event)
            result.weight += key.utf8.count
            guard object[key] == nil else { throw YAMLError(event.mark, "key \"\(key)\" comes twice") }
            let value = try child(at: key, try parser.next(), event.mark)
            object[key] = value.value
            result.add(value)
        }
        depth -= 1
        result.value = .object(object)
        return result
    }

    private mutating func child(at name: String, _ event: YAMLEvent, _ mark: YAMLMark) throws(YAMLError) -> Node {
        guard lines != nil else { return try node(event) }
        path.append(name)
        defer { path.removeLast() }
        lines?.add(path, mark.line)
        return try node(event)
    }

    /// The text of a scalar, whatever its type: `8080: x` has the key "8080".
    private mutating func key(_ event: YAMLEvent) throws(YAMLError) -> String {
        switch event.kind {
        case .scalar(let scalar):
            guard !scalar.isPlain || scalar.text != "<<" else {
                throw YAMLError(event.mark, "merge keys are not supported")
            }
            try charge(scalar.text.utf8.count, event.mark)
            if let anchor = event.anchor {
                anchors[anchor] = Node(value: .string(scalar.text), weight: 16 + scalar.text.utf8.count)
            }
            return scalar.text
        case .alias(let name):
            guard let text = try expand(name, event.mark).value.stringValue else {
                throw YAMLError(event.mark, "a key must be a scalar")
            }
            return text
        default:
            throw YAMLError(event.mark, "a key must be a scalar")
        }
    }

    private mutating func expand(_ name: String, _ mark: YAMLMark) throws(YAMLError) -> Node {
        guard let node = anchors[name] else { throw YAMLError(mark, "alias \"\(name)\" has no finished anchor") }
        aliases += 1
        guard aliases <= limits.aliases else { throw YAMLError(mark, "more than \(limits.aliases) aliases") }
        guard depth + node.height <= limits.depth else { throw tooDeep(mark) }
        try charge(node.weight, mark)
        return node
    }

    private mutating func descend(_ mark: YAMLMark) throws(YAMLError) {
        guard depth < limits.depth else { throw tooDeep(mark) }
        depth += 1
        try charge(16, mark)
    }

    private func tooDeep(_ mark: YAMLMark) -> YAMLError {
        YAMLError(mark, "nested deeper than \(limits.depth)")
    }

    private mutating func charge(_ amount: Int, _ mark: YAMLMark) throws(YAMLError) {
        weight += amount
        guard weight <= limits.expandedBytes else {
            throw YAMLError(mark, "larger than \(limits.expandedBytes) bytes with aliases expanded")
        }
    }

    private func check(_ tag: String?, is kind: String, _ mark: YAMLMark) throws(YAMLError) {
        guard let tag, tag != "!", tag != ScalarTag.prefix + kind else { return }
        throw YAMLError(mark, "tag \"\(tag)\" is not supported here")
    }

    private func resolve(_ scalar: YAMLEvent.Scalar, _ tag: String?, _ mark: YAMLMark) throws(YAMLError) -> JSONValue {
        let value: JSONValue?
        do throws(CoreSchema.Failure) {
            value = try ScalarTag.resolve(scalar, tag)
        } catch {
            throw YAMLError(mark, error.message(for: scalar.text))
        }
        guard let value else { throw YAMLError(mark, "tag \"\(tag ?? "")\" does not fit \"\(scalar.text)\"") }
        return value
    }
}
