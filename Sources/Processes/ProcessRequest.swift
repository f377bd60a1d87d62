/// A program to run: no shell, no inherited descriptor, no inherited environment.
package struct ProcessRequest: Sendable, Hashable {
    /// A path with a slash, or a name that is looked for in the `PATH` of ``environment``.
    package var program: String
    package var arguments: [String]
    package var environment: [String: String]
    /// Nil for the folder of this process.
    package var directory: String?
    /// What the program reads; its end is the end of the input.
    package var input: [UInt8]
    /// After this the process group is told to stop, and killed after ``gracePeriod`` more.
    package var timeLimit: Duration
    package var gracePeriod: Duration
    /// Bytes kept of each of the two streams; what comes from the middle is dropped and counted.
    package var outputLimit: Int

    package init(
        _ program: String, _ arguments: [String] = [], environment: [String: String] = [:], directory: String? = nil,
        input: [UInt8] = [], timeLimit: Duration, gracePeriod: Duration = .seconds(2), outputLimit: Int = 1 << 20
    ) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
        self.input = input
        self.timeLimit = timeLimit
        self.gracePeriod = gracePeriod
        self.outputLimit = outputLimit
    }
}
