/// Asks kubectl for a table of chosen columns and reads it back from whatever text it comes in.
struct KubectlTable {
    let resource: String
    /// Heading and path of each column.
    let columns: [(heading: String, path: String)]

    static let services = KubectlTable(
        resource: "services",
        columns: [
            ("SERVICE", ".metadata.name"), ("SELECTOR", ".spec.selector"), ("PORT", ".spec.ports[*].port"),
            ("TARGETPORT", ".spec.ports[*].targetPort"),
        ])
    static let pods = KubectlTable(
        resource: "pods",
        columns: [
            ("POD", ".metadata.name"), ("PHASE", ".status.phase"), ("READY", ".status.containerStatuses[*].ready"),
            ("WAITING", ".status.containerStatuses[*].state.waiting.reason"),
            ("PORTS", ".spec.containers[*].ports[*].containerPort"),
            ("PORTNAMES", ".spec.containers[*].ports[*].name"), ("LABELS", ".metadata.labels"),
        ])
    static let deployments = KubectlTable(
        resource: "deployments",
        columns: [
            ("DEPLOYMENT", ".metadata.name"), ("DESIRED", ".spec.replicas"), ("AVAILABLE", ".status.availableReplicas"),
            ("NODESELECTOR", ".spec.template.spec.nodeSelector"), ("LABELS", ".spec.template.metadata.labels"),
        ])
    static let endpoints = KubectlTable(
        resource: "endpoints",
        columns: [
            ("ENDPOINTS", ".metadata.name"), ("ADDRESSES", ".subsets[*].addresses[*].ip"),
            ("PORTS", ".subsets[*].ports[*].port"),
        ])

    func command(namespace: String, name: String? = nil) -> String {
        let list = columns.map { "\($0.heading):\($0.path)" }.joined(separator: ",")
        return "kubectl get \(resource)\(name.map { " \($0)" } ?? "") -n \(namespace) -o 'custom-columns=\(list)'"
    }

    /// The rows of the last table of this shape in a text; nothing when there is none (a refused or failed command).
    func rows(in text: String) -> [[String]]? {
        var rows: [[String]]?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let cells = Self.cells(line)
            if cells == columns.map(\.heading) {
                rows = []
            } else if rows != nil {
                guard cells.count == columns.count else {
                    if cells.isEmpty { continue }
                    return rows
                }
                guard Briefing.isName(cells[0]) else { return rows }
                rows?.append(cells)
            }
        }
        return rows
    }

    /// Cells are set apart by two spaces or more; a map's own entries by one.
    private static func cells(_ line: Substring) -> [String] {
        var cells: [String] = []
        var cell = ""
        var spaces = 0
        for character in line where character != "\r" {
            if character == " " {
                spaces += 1
                continue
            }
            if spaces >= 2, !cell.isEmpty {
                cells.append(cell)
                cell = ""
            } else if spaces == 1, !cell.isEmpty {
                cell.append(" ")
            }
            spaces = 0
            cell.append(character)
        }
        if !cell.isEmpty { cells.append(cell) }
        return cells
    }

    /// `a,b` → [a, b]; `<none>` → [].
    static func list(_ cell: String) -> [String] {
        cell.split(separator: ",").map(String.init).filter { $0 != "<none>" }
    }

    /// `map[app:x tier:y]` → [app: x, tier: y].
    static func map(_ cell: String) -> [String: String] {
        guard cell.hasPrefix("map["), cell.hasSuffix("]") else { return [:] }
        var map: [String: String] = [:]
        for pair in cell.dropFirst(4).dropLast().split(separator: " ") {
            let parts = pair.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { map[String(parts[0])] = String(parts[1]) }
        }
        return map
    }
}
