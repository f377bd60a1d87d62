/// Where the keys and elements of a document stand in its text.
package struct YAMLLines: Sendable, Hashable {
    private var lines: [[String]: Int] = [:]

    package init() {}

    mutating func add(_ path: [String], _ line: Int) { lines[path] = line }

    /// The line, counted from 1, of the node at a path of keys and indices, else of the nearest node above it.
    package func line(of path: [String]) -> Int {
        var path = path[...]
        while !path.isEmpty {
            if let line = lines[Array(path)] { return line }
            path.removeLast()
        }
        return 1
    }
}
