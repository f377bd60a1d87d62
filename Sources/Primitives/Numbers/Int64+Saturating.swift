extension Int64 {
    /// Remote figures are added without ever trapping; at the rim the sum stays at the rim.
    package func saturatingAdd(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }
}
