/// The values a command line gave; names are those of the declaration, without dashes.
///
/// Every declared name is a key of `given`, with no values when the line did not mention it.
package struct ParsedArguments: Sendable {
    private var given: [String: [String]] = [:]
    private var defaults: [String: String] = [:]
    private var flags: Set<String> = []
    private var positional: [String: [String]] = [:]
    /// Names from below the root to the command.
    package private(set) var commandPath: [String] = []

    init(options: [Option], arguments: [Argument], commandPath: [String]) {
        self.commandPath = commandPath
        for option in options {
            given[option.name] = []
            defaults[option.name] = option.defaultValue
        }
        for argument in arguments { positional[argument.name] = [] }
    }

    package func flag(_ name: String) -> Bool { flags.contains(name) }

    /// The value, or the declared default.
    package func value(_ name: String) -> String? {
        assert(given[name] != nil, "--\(name) is not declared")
        return given[name]?.last ?? defaults[name]
    }

    /// All values of a repeatable option, in order; the declared default when there is none.
    package func values(_ name: String) -> [String] {
        guard let values = given[name], !values.isEmpty else { return defaults[name].map { [$0] } ?? [] }
        return values
    }

    /// The value as a whole number within `range`.
    package func integer(_ name: String, in range: ClosedRange<Int> = .min ... .max) throws(UsageError) -> Int? {
        guard let text = value(name) else { return nil }
        guard let number = Int(text) else { throw UsageError("--\(name) needs a whole number, not \"\(text)\"") }
        guard range.contains(number) else {
            throw UsageError("--\(name) must be from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// The value of an option declared by `Option.seconds`.
    package func seconds(_ name: String) -> Double? { value(name).flatMap { Double($0) } }

    package func argument(_ name: String) -> String? {
        assert(positional[name] != nil, "<\(name)> is not declared")
        return positional[name]?.first
    }

    /// All values of a repeatable argument.
    package func arguments(_ name: String) -> [String] { positional[name] ?? [] }

    func count(of option: Option) -> Int { given[option.name]?.count ?? 0 }

    mutating func add(_ value: String, to option: Option) { given[option.name, default: []].append(value) }
    mutating func raise(_ option: Option) { flags.insert(option.name) }
    mutating func add(_ value: String, to argument: Argument) { positional[argument.name, default: []].append(value) }
}
