extension Duration {
    /// Whole milliseconds, rounded towards zero; saturates at the ends of Int64.
    package var milliseconds: Int64 { scaled(perSecond: 1_000) }

    /// Whole microseconds, rounded towards zero; saturates at the ends of Int64.
    package var microseconds: Int64 { scaled(perSecond: 1_000_000) }

    /// Whole nanoseconds, rounded towards zero; saturates at the ends of Int64, after 292 years.
    package var nanoseconds: Int64 { scaled(perSecond: 1_000_000_000) }

    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }

    /// Whole seconds, rounded towards zero.
    package var wholeSeconds: Int64 { components.seconds }

    private func scaled(perSecond factor: Int64) -> Int64 {
        let (seconds, attoseconds) = components
        let (product, overflowed) = seconds.multipliedReportingOverflow(by: factor)
        let (sum, carried) = product.addingReportingOverflow(attoseconds / (1_000_000_000_000_000_000 / factor))
        guard !overflowed, !carried else { return seconds < 0 ? .min : .max }
        return sum
    }
}
