import HTTP
import JSON
import Primitives
import YAML

/// One named context, cluster or user, and where it stands.
struct KubeconfigEntry {
    var file: String
    var list: String
    /// What the entry's content is called inside it: `context`, `cluster`, `user`.
    var member: String
    var index: Int
    var name: String
    var fields: JSONValue
    var lines: YAMLLines

    /// File, line and key, for messages: `kubeconfig /k:7: users[u].user.token`.
    func place(_ field: String...) -> String {
        let line = lines.line(of: [list, String(index), member] + field)
        return "kubeconfig \(file):\(line): " + (["\(list)[\(name)]", member] + field).joined(separator: ".")
    }

    /// Nil when the field is missing, null or empty.
    func text(_ field: String) throws(KubernetesError) -> String? {
        guard let value = fields[field], value != .null else { return nil }
        guard let text = value.stringValue else { throw .configuration("\(place(field)) must be a string") }
        return text.isEmpty ? nil : text
    }

    func flag(_ field: String) throws(KubernetesError) -> Bool {
        guard let value = fields[field], value != .null else { return false }
        guard let flag = value.boolValue else { throw .configuration("\(place(field)) must be true or false") }
        return flag
    }

    func texts(_ field: String) throws(KubernetesError) -> [String] {
        guard let value = fields[field], value != .null else { return [] }
        let texts = value.arrayValue?.compactMap(\.stringValue)
        guard let texts, texts.count == value.arrayValue?.count else {
            throw .configuration("\(place(field)) must be a list of strings")
        }
        return texts
    }

    /// The PEM in `<field>-data`, else in the file that `<field>` names, with the path of that file.
    func pem(
        _ field: String, _ files: any FileSource
    ) throws(KubernetesError) -> (bytes: [UInt8], path: String?)? {
        if let encoded = try text("\(field)-data") {
            guard let bytes = Base64.decode(encoded.filter { !$0.isWhitespace }) else {
                throw .configuration("\(place("\(field)-data")) is not base64")
            }
            return (bytes, nil)
        }
        guard let path = try text(field) else { return nil }
        let absolute = resolved(path)
        let bytes: [UInt8]?
        do {
            bytes = try files.read(absolute)
        } catch {
            throw .configuration("\(place(field)): cannot read \(error)")
        }
        guard let bytes else { throw .configuration("\(place(field)): no such file: \(absolute)") }
        return (bytes, absolute)
    }

    /// Relative paths are meant from the folder of the file that names them.
    func resolved(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let slash = file.lastIndex(of: "/") else { return path }
        return String(file[...slash]) + path
    }
}
