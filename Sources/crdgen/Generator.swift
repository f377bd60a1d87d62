import AIOpsAPI
import Glibc
import JSON
import YAML

/// Writes the CustomResourceDefinitions from the Swift types, or compares them with what is there.
struct Generator {
    static let banner = "# Written by crdgen from Sources/AIOpsAPI. Do not edit: run `make crds`.\n"

    static let fileCount = CustomResource.all.count * Schema.Dialect.allCases.count

    let folder: String
    let isCheck: Bool

    /// The number of files that differ from what they should be; in check mode they are left alone.
    func run() -> Int? {
        var stale = 0
        for (dialect, place) in [(Schema.Dialect.current, folder), (.legacy, "\(folder)/legacy")] {
            if !isCheck, mkdir(place, 0o755) != 0, errno != EEXIST {
                complain("cannot make \(place)")
                return nil
            }
            for resource in CustomResource.all {
                let path = "\(place)/\(resource.fileName)"
                let text = Self.banner + YAML.emit(resource.definition(dialect))
                guard read(path) != Array(text.utf8) else { continue }
                stale += 1
                if isCheck {
                    complain("\(path) is not what Sources/AIOpsAPI says; run crdgen and commit the result")
                } else if !write(Array(text.utf8), to: path) {
                    complain("cannot write \(path)")
                    return nil
                }
            }
        }
        return stale
    }

    private func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while content.count < 4 << 20 {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { return content }
            content.append(contentsOf: buffer.prefix(count))
        }
        return nil
    }

    private func write(_ content: [UInt8], to path: String) -> Bool {
        guard let file = fopen(path, "w") else { return false }
        let written = fwrite(content, 1, content.count, file)
        return fclose(file) == 0 && written == content.count
    }

    private func complain(_ text: String) { writeError("crdgen: \(text)\n") }
}

/// `stderr` is a mutable global, which Swift 6 does not let us touch; its descriptor is a constant.
func writeError(_ text: String) {
    let bytes = Array(text.utf8)
    _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
}
