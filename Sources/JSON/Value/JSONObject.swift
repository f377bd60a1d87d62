/// The members of an object in the order they were written; equality does not look at the order.
///
/// Invariants: no key comes twice; `index` is empty up to `indexThreshold` members and complete beyond, so that a small
/// object costs one array and a hostile one no quadratic time.
package struct JSONObject: Sendable {
    private static let indexThreshold = 16

    private var members: [Member] = []
    private var index: [String: Int] = [:]

    fileprivate struct Member: Sendable {
        let key: String
        var value: JSONValue
    }

    package init() {}

    package var count: Int { members.count }
    package var isEmpty: Bool { members.isEmpty }
    package var keys: [String] { members.map(\.key) }

    package subscript(key: String) -> JSONValue? {
        get {
            position(of: key).map { members[$0].value }
        }
        set {
            switch (position(of: key), newValue) {
            case (let place?, let value?):
                members[place].value = value
            case (let place?, nil):
                members.remove(at: place)
                rebuildIndex()
            case (nil, let value?):
                insert(key, value)
            case (nil, nil):
                break
            }
        }
    }

    /// Adds a member at the end; false, and no change, when the key is there already.
    mutating func append(_ key: String, _ value: JSONValue) -> Bool {
        guard position(of: key) == nil else { return false }
        insert(key, value)
        return true
    }

    private mutating func insert(_ key: String, _ value: JSONValue) {
        members.append(Member(key: key, value: value))
        if members.count == Self.indexThreshold + 1 {
            rebuildIndex()
        } else if members.count > Self.indexThreshold {
            index[key] = members.count - 1
        }
    }

    private mutating func rebuildIndex() {
        index.removeAll()
        guard members.count > Self.indexThreshold else { return }
        for (place, member) in members.enumerated() { index[member.key] = place }
    }

    private func position(of key: String) -> Int? {
        guard members.count > Self.indexThreshold else { return members.firstIndex { $0.key == key } }
        return index[key]
    }
}

extension JSONObject: Sequence {
    package struct Iterator: IteratorProtocol {
        private var base: IndexingIterator<[Member]>

        fileprivate init(_ members: [Member]) {
            base = members.makeIterator()
        }

        package mutating func next() -> (key: String, value: JSONValue)? {
            base.next().map { ($0.key, $0.value) }
        }
    }

    package func makeIterator() -> Iterator { Iterator(members) }
}

extension JSONObject: Hashable {
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.allSatisfy { right[$0.key] == $0.value }
    }

    package func hash(into hasher: inout Hasher) {
        var combined = 0
        for member in members {
            var own = hasher
            own.combine(member.key)
            own.combine(member.value)
            combined ^= own.finalize()
        }
        hasher.combine(count)
        hasher.combine(combined)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// A key that comes twice keeps its last value.
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        for (key, value) in elements { self[key] = value }
    }
}
