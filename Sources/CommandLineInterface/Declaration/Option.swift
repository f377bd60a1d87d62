/// A named setting of a command: `--name value`, `--name=value`, `-n value` or, for a flag, `--name`.
package struct Option: Sendable, Hashable {
    /// Without dashes.
    package var name: String
    package var short: Character?
    package var summary: String
    /// What stands for the value in help; nil makes it a flag.
    package var valueName: String?
    package var defaultValue: String?
    /// What the name alone stands for; any other value must then be attached, as in `--name=value`.
    package var impliedValue: String?
    /// The only values accepted; empty accepts any.
    package var choices: [String]
    package var isRepeatable: Bool
    package var isRequired: Bool
    /// For a length of time: the longest; anything but a number of seconds from 0.001 up is refused when the line is read.
    package var mostSeconds: Int?

    /// An option that is there or not.
    package static func flag(_ name: String, short: Character? = nil, summary: String) -> Option {
        Option(
            name: name, short: short, summary: summary, valueName: nil, defaultValue: nil, choices: [],
            isRepeatable: false, isRequired: false)
    }

    /// An option that takes a value.
    package static func value(
        _ name: String, short: Character? = nil, _ valueName: String, summary: String, default: String? = nil,
        choices: [String] = [], isRepeatable: Bool = false, isRequired: Bool = false
    ) -> Option {
        Option(
            name: name, short: short, summary: summary, valueName: valueName, defaultValue: `default`,
            choices: choices, isRepeatable: isRepeatable, isRequired: isRequired)
    }

    /// A length of time in seconds, a millisecond at least.
    package static func seconds(
        _ name: String, summary: String, default: String? = nil, atMost most: Int = 3_600
    ) -> Option {
        var option = value(name, "SECONDS", summary: summary, default: `default`)
        option.mostSeconds = most
        return option
    }

    /// A switch that is on unless it is said otherwise: `--name`, `--name=true` or `--name=false`.
    package static func toggle(_ name: String, summary: String, default: Bool) -> Option {
        var option = value(name, "true|false", summary: summary, default: "\(`default`)", choices: ["true", "false"])
        option.impliedValue = "true"
        return option
    }

    var isFlag: Bool { valueName == nil }
}
