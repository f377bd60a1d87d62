import Glibc

/// A folder that only we can look into, for as long as a program needs a file.
///
/// kind insists on writing a kubeconfig, which is as good as a key.
struct PrivateFolder: Sendable {
    let path: String

    /// Below the folder for temporary files that the environment names; nil when the system gives none.
    init?(_ environment: [String: String]) {
        // POSIX: where TMPDIR names none, it is this one.
        var name = Array("\(environment["TMPDIR"] ?? "/tmp")/aiops-kind-XXXXXX".utf8CString)
        let made = name.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.map { mkdtemp($0) != nil } ?? false
        }
        guard made else { return nil }
        path = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Where a file of that name is.
    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Removes the folder with these files, as far as they are there.
    func remove(_ files: [String]) {
        for name in files { unlink(file(name)) }
        rmdir(path)
    }
}
