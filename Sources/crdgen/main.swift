import Glibc

let usage = "usage: crdgen [--output FOLDER] [--check]   (FOLDER is crds unless given)\n"
var folder = "crds"
var isCheck = false
var arguments = Array(CommandLine.arguments.dropFirst())[...]
while let argument = arguments.popFirst() {
    switch argument {
    case "--output":
        guard let value = arguments.popFirst() else {
            writeError("crdgen: --output needs a folder\n\(usage)")
            exit(64)
        }
        folder = value
    case "--check":
        isCheck = true
    case "--help", "-h":
        print(usage, terminator: "")
        exit(0)
    default:
        writeError("crdgen: unknown argument \(argument)\n\(usage)")
        exit(64)
    }
}
// Nothing is written in check mode, so that CI can run it on a read-only checkout.
guard let stale = Generator(folder: folder, isCheck: isCheck).run() else { exit(1) }
if isCheck { exit(stale == 0 ? 0 : 1) }
print("crdgen: \(stale) of \(Generator.fileCount) files written, the others were up to date")
