/// Makes a bash script that completes commands, options and their choices.
///
/// Names and choices go into the script unquoted; `CommandTree.problems` holds them to letters a shell takes as they are.
package enum BashCompletion {
    package static func script(for root: Command) -> String {
        let name = "_" + root.name.map { $0 == "-" ? "_" : String($0) }.joined()
        let places = places(below: root, path: "", inherited: [])
        let commands = places.map(\.path).filter { !$0.isEmpty }.joined(separator: "|")
        let values = places.flatMap(valueCases).joined(separator: "\n")
        let words = places.map { "        \"\($0.path)\") words=\"\($0.words)\" ;;" }.joined(separator: "\n")
        return """
            # bash completion of \(root.name); load it with: source <(\(root.name) completion bash)
            \(name)() {
                local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD - 1]}"
                local path="" words="" index
                COMPREPLY=()
                for ((index = 1; index < COMP_CWORD; index++)); do
                    case "$path/${COMP_WORDS[index]}" in
                        \(commands.isEmpty ? "-" : commands)) path="$path/${COMP_WORDS[index]}" ;;
                    esac
                done
                case "$path $previous" in
            \(values)
                    *) ;;
                esac
                case "$path" in
            \(words)
                esac
                mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
            }
            complete -o default -F \(name) \(root.name)

            """
    }

    private struct Place {
        var path: String
        var options: [Option]
        var command: Command

        var words: String {
            let choices = command.arguments.first?.choices ?? []
            let names = options.map { "--\($0.name)" } + ["--help"] + (path.isEmpty ? ["--version"] : [])
            return (command.subcommands.map(\.name) + choices + names).joined(separator: " ")
        }
    }

    private static func places(below command: Command, path: String, inherited: [Option]) -> [Place] {
        let options = inherited + command.options
        return [Place(path: path, options: options, command: command)]
            + command.subcommands.flatMap { places(below: $0, path: "\(path)/\($0.name)", inherited: options) }
    }

    /// One case for each option that takes a value; without choices bash falls back to file names.
    private static func valueCases(_ place: Place) -> [String] {
        place.options.filter { !$0.isFlag }.map { option in
            let patterns = ["--\(option.name)"] + (option.short.map { ["-\($0)"] } ?? [])
            let pattern = patterns.map { "\"\(place.path) \($0)\"" }.joined(separator: "|")
            let reply =
                "mapfile -t COMPREPLY < <(compgen -W \"\(option.choices.joined(separator: " "))\" -- \"$current\"); "
            return "        \(pattern)) \(option.choices.isEmpty ? "" : reply)return ;;"
        }
    }
}
