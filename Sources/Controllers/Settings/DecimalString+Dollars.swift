import AIOpsAPI

extension DecimalString {
    /// `$0.000001`: a limit as it was set, whole, where a cost in a column is rounded to four digits.
    var dollars: String { "$\(rawValue)" }
}
