import Glibc

/// Finds a program as execvp does, but in the `PATH` that the program itself will see.
enum ProgramSearch {
    static func find(_ program: String, path: String?) throws(ProcessError) -> String {
        if program.contains("/") {
            guard access(program, F_OK) == 0 else { throw .notFound(program: program, path: nil) }
            return program
        }
        let folders = (path ?? "").split(separator: ":", omittingEmptySubsequences: true)
        for folder in folders {
            let candidate = "\(folder)/\(program)"
            if access(candidate, X_OK) == 0 { return candidate }
        }
        throw .notFound(program: program, path: path ?? "")
    }
}
