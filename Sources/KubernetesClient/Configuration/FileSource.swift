import Glibc

/// Reads whole small files; a seam, so that every case of a configuration can be tested without a disk.
package protocol FileSource: Sendable {
    /// The content, or nil when there is no such file.
    func read(_ path: String) throws(FileError) -> [UInt8]?
}

/// A file is there but cannot be used.
package struct FileError: Error, Sendable, CustomStringConvertible {
    package var path: String
    package var reason: String

    package init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    package var description: String { "\(path): \(reason)" }
}

/// The real files.
///
/// What is read here (a kubeconfig, certificates, a projected token in memory) is small and local, so the read does not
/// block in any sense that matters; the limit keeps it so.
package struct LocalFiles: FileSource {
    package static let limit = 4 << 20

    package init() {}

    package func read(_ path: String) throws(FileError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw FileError(path: path, reason: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return content }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw FileError(path: path, reason: String(cString: strerror(errno)))
            }
            content.append(contentsOf: buffer[..<count])
            guard content.count <= Self.limit else {
                throw FileError(path: path, reason: "larger than \(Self.limit) bytes")
            }
        }
    }
}
