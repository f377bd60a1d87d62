/// What a command line asks for.
package enum Invocation: Sendable {
    case run(Command, ParsedArguments)
    /// Help about the command at the end of the path, which begins with the root.
    case help([Command])
    case version
}
